// The customers, and who is in charge of each now.
import { Link } from 'react-router'
import { Button, Select } from 'antd'
import { api } from '../../api/index.ts'
import type { CustomerItem } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { SearchBox } from '../../ui/search-box.tsx'

export default function Customers() {
  const { t, label } = useSay()
  const f = useFilters()
  const query = { q: f.get('q'), tier: f.get('tier'), employee: f.get('employee'), limit: 100 }
  const list = usePages(['customers', query], (cursor) => api.customers.list({ ...query, cursor }))
  const columns: Column<CustomerItem>[] = [
    {
      key: 'name',
      title: t('customers.name'),
      label: false,
      render: (c) => (
        <>
          <Link className="cell-main" to={`/customers/${encodeURIComponent(c.customer)}`}>
            {c.name || c.customer}
          </Link>
          <div className="cell-sub">{c.customer}</div>
        </>
      ),
    },
    {
      key: 'tier',
      width: 120,
      title: t('customers.tier'),
      render: (c) =>
        c.placeholder ? (
          <Mark>
            <span title={t('customers.placeholderHint')}>{t('customers.placeholder')}</span>
          </Mark>
        ) : (
          <Mark tone={c.tier === 'high_value' ? 'medium' : undefined}>{label('tier', c.tier)}</Mark>
        ),
    },
    {
      key: 'who',
      title: t('customers.owner'),
      render: (c) =>
        c.employee ? (
          <Link to={`/employees/${encodeURIComponent(c.employee)}`}>{c.employee_name ?? c.employee}</Link>
        ) : (
          <span className="quiet">{t('customers.nobody')}</span>
        ),
    },
    { key: 'since', width: 140, title: t('customers.since'), render: (c) => day(c.since) },
  ]
  return (
    <Page title={t('customers.title')} lead={t('customers.lead')}>
      <Card flush>
        <div className="filters">
          <SearchBox value={f.get('q')} label={t('customers.search')} width={260} onSearch={(v) => f.set({ q: v })} />
          <Select
            allowClear
            value={f.get('tier')}
            placeholder={t('customers.anyTier')}
            aria-label={t('customers.anyTier')}
            style={{ minWidth: 140 }}
            onChange={(v?: string) => f.set({ tier: v })}
            options={['high_value', 'normal'].map((s) => ({ value: s, label: label('tier', s) }))}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(c) => c.customer} caption={t('customers.title')} />
            ) : (
              <Empty title={t('customers.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
                <p>{f.any ? null : t('customers.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
    </Page>
  )
}
