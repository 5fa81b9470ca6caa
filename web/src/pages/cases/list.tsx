// All cases a person may see.
import { useState } from 'react'
import { Link } from 'react-router'
import { Segmented } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseItem } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'

export function useCaseColumns(): Column<CaseItem>[] {
  const { t, label } = useSay()
  return [
    {
      key: 'title',
      title: t('cases.one'),
      label: false,
      render: (c) => (
        <>
          <Link className="cell-main" to={`/cases/${c.id}`}>
            {c.title}
          </Link>
          <div className="cell-sub">{c.number}</div>
        </>
      ),
    },
    {
      key: 'who',
      width: 150,
      title: t('alerts.who'),
      render: (c) => <Link to={`/employees/${encodeURIComponent(c.employee)}`}>{c.employee_name ?? c.employee}</Link>,
    },
    { key: 'records', width: 90, num: true, title: t('cases.records'), render: (c) => c.records },
    { key: 'alerts', width: 90, num: true, title: t('cases.alerts'), render: (c) => c.alerts },
    {
      key: 'opened',
      width: 190,
      title: t('cases.opened'),
      render: (c) => (
        <>
          {day(c.opened_at)} <span className="quiet">{c.opened_by}</span>
        </>
      ),
    },
    {
      key: 'status',
      width: 100,
      title: t('common.status'),
      render: (c) => (
        <Mark tone={c.status === 'open' ? 'good' : undefined}>
          {c.outcome ? label('caseOutcome', c.outcome) : label('caseStatus', c.status)}
        </Mark>
      ),
    },
  ]
}

export default function Cases() {
  const { t } = useSay()
  const [status, setStatus] = useState<'open' | 'closed' | ''>('open')
  const columns = useCaseColumns()
  const cases = useQuery({
    queryKey: ['cases', 'list', status],
    queryFn: () => api.cases.list({ status: status || undefined, limit: 200 }),
  })
  const rows = cases.data?.items.filter((c) => !status || c.status === status) ?? []
  return (
    <Page
      title={t('cases.title')}
      lead={t('cases.lead')}
      actions={
        <Segmented<typeof status>
          aria-label={t('common.status')}
          value={status}
          onChange={setStatus}
          options={[
            { value: 'open', label: t('caseStatus.open') },
            { value: 'closed', label: t('caseStatus.closed') },
            { value: '', label: t('cases.all') },
          ]}
        />
      }
    >
      <Card flush>
        <Await query={cases}>
          {() =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(c) => c.id} caption={t('cases.title')} />
            ) : (
              <Empty title={t('cases.empty')}>
                <p>
                  {t('cases.emptyHint')} <Link to="/alerts">{t('nav.alerts')}</Link> · <Link to="/chains">{t('nav.chains')}</Link>
                </p>
              </Empty>
            )
          }
        </Await>
      </Card>
    </Page>
  )
}
