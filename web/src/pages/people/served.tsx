// Whom somebody serves and served: pages of time lines, found by name.
import { Link } from 'react-router'
import { Segmented } from 'antd'
import { api } from '../../api/index.ts'
import type { EmployeeDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Empty } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Spans } from '../../ui/spans.tsx'

const ENDED: Record<string, boolean | undefined> = { now: false, past: true }

export function Served({ e }: { e: EmployeeDetail }) {
  const { t } = useSay()
  const may = useMay()
  const f = useFilters()
  const q = f.get('customer')
  const when = f.get('served') ?? 'all'
  const query = { q, ended: ENDED[when] }
  const list = usePages(['employee', e.number, 'customers', query], (cursor) => api.employees.customers(e.number, { ...query, cursor }))
  return (
    <>
      {may('customers.assign') ? (
        <p>
          <Link to={`/snapshots/${encodeURIComponent(e.number)}`}>{t('snapshots.link')}</Link>
        </p>
      ) : null}
      <div className="filters">
        <SearchBox value={q} label={t('customers.search')} width={240} onSearch={(text) => f.set({ customer: text })} />
        <Segmented
          value={when}
          aria-label={t('people.tab.customers')}
          onChange={(value) => f.set({ served: value === 'all' ? undefined : value })}
          options={[
            { value: 'all', label: t('people.served.all') },
            { value: 'now', label: t('people.served.now') },
            { value: 'past', label: t('people.served.past') },
          ]}
        />
      </div>
      <Paged query={list}>
        {(rows) =>
          rows.length ? (
            <Spans
              spans={rows.map((a) => ({
                key: a.record,
                name: <Link to={`/customers/${encodeURIComponent(a.customer)}`}>{a.name || a.customer}</Link>,
                from: a.from,
                until: a.until,
                note: a.reason,
              }))}
            />
          ) : (
            <Empty title={q || when !== 'all' ? t('common.noneFound') : t('people.noCustomers')} />
          )
        }
      </Paged>
    </>
  )
}
