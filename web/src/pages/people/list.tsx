// The people of the company, as the records know them.
import { Link } from 'react-router'
import { Button, Select } from 'antd'
import { api } from '../../api/index.ts'
import type { EmployeeItem } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { ListActs } from './join.tsx'

export const statusTone = (status: string | null | undefined) => (status === 'resigning' ? 'medium' : status === 'left' || !status ? undefined : 'good')

export default function Employees() {
  const { t, label } = useSay()
  const f = useFilters()
  const query = { q: f.get('q'), status: f.get('status'), department: f.get('department'), limit: 50 }
  const list = usePages(['employees', query], (cursor) => api.employees.list({ ...query, cursor }))
  const columns: Column<EmployeeItem>[] = [
    {
      key: 'name',
      title: t('people.name'),
      label: false,
      render: (e) => (
        <>
          <Link className="cell-main" to={`/employees/${encodeURIComponent(e.number)}`}>
            {e.name || e.number}
          </Link>
          <div className="cell-sub">{e.number}</div>
        </>
      ),
    },
    {
      key: 'post',
      title: t('people.post'),
      render: (e) => (
        <>
          {e.department ?? '—'}
          <div className="cell-sub">{e.title}</div>
        </>
      ),
    },
    { key: 'hired', width: 120, title: t('people.hired'), render: (e) => e.hired_on ?? '—' },
    { key: 'customers', width: 90, num: true, title: t('people.customers'), render: (e) => e.customers },
    {
      key: 'alerts',
      width: 110,
      num: true,
      title: t('people.openAlerts'),
      render: (e) =>
        e.open_alerts == null ? (
          <span className="quiet" title={t('people.alertsHidden')}>
            —
          </span>
        ) : e.open_alerts > 0 ? (
          <Link to={`/alerts?employee=${encodeURIComponent(e.number)}`}>
            <Mark tone="high">{e.open_alerts}</Mark>
          </Link>
        ) : (
          0
        ),
    },
    {
      key: 'status',
      width: 100,
      title: t('common.status'),
      render: (e) => <Mark tone={statusTone(e.status)}>{label('employment', e.placeholder ? 'placeholder' : e.status)}</Mark>,
    },
  ]
  return (
    <Page title={t('people.title')} lead={t('people.lead')} actions={<ListActs filter={{ q: query.q, status: query.status, department: query.department }} />}>
      <Card flush>
        <div className="filters">
          <SearchBox value={f.get('q')} label={t('people.search')} width={260} onSearch={(v) => f.set({ q: v })} />
          <SearchBox value={f.get('department')} label={t('life.department')} width={180} onSearch={(v) => f.set({ department: v })} />
          <Select
            allowClear
            value={f.get('status')}
            placeholder={t('people.anyStatus')}
            aria-label={t('people.anyStatus')}
            style={{ minWidth: 140 }}
            onChange={(v?: string) => f.set({ status: v })}
            options={['active', 'resigning', 'left'].map((s) => ({ value: s, label: label('employment', s) }))}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(e) => e.number} caption={t('people.title')} />
            ) : (
              <Empty title={t('people.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
                <p>{f.any ? null : t('people.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
    </Page>
  )
}
