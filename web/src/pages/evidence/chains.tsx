// All chains above a bar, strongest first.
import { useState } from 'react'
import { Link } from 'react-router'
import { Segmented } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Chain } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { RoleMarks, tone } from './score.tsx'

export function useChainColumns(withPerson: boolean): Column<Chain>[] {
  const { t } = useSay()
  const to = (c: Chain) => `/employees/${encodeURIComponent(c.employee)}/chains/${encodeURIComponent(c.id)}`
  return [
    {
      key: 'score',
      width: 92,
      title: t('chain.score'),
      render: (c) => <Mark tone={tone(c.score)}>{c.score.toFixed(2)}</Mark>,
    },
    {
      key: 'who',
      title: withPerson ? t('chain.whoAndCustomer') : t('records.customer'),
      label: false,
      render: (c) => (
        <>
          <Link className="cell-main" to={to(c)}>
            {withPerson
              ? t('chain.of', { name: c.employee_name ?? c.employee, customer: c.customer_name ?? c.customer ?? '—' })
              : (c.customer_name ?? c.customer ?? '—')}
          </Link>
          {c.companies?.length ? <div className="cell-sub">→ {c.companies.map((x) => x.name).join(t('common.listComma'))}</div> : null}
        </>
      ),
    },
    { key: 'roles', title: t('chain.four'), label: false, render: (c) => <RoleMarks chain={c} /> },
    {
      key: 'span',
      width: 210,
      title: t('chain.span'),
      render: (c) => (
        <span className="nowrap">
          {day(c.from)} – {day(c.until)}
        </span>
      ),
    },
  ]
}

export default function Chains() {
  const { t } = useSay()
  const [least, setLeast] = useState(0.7)
  const columns = useChainColumns(true)
  const chains = useQuery({
    queryKey: ['chains', 'all', least],
    queryFn: () => api.chains.list({ min_score: least, limit: 200 }),
  })
  return (
    <Page
      title={t('chain.title')}
      lead={t('chain.lead')}
      actions={
        <>
          <span className="quiet">{t('chain.min')}</span>
          <Segmented<number>
            aria-label={t('chain.min')}
            value={least}
            onChange={setLeast}
            options={[0.9, 0.7, 0.5, 0.3].map((v) => ({ value: v, label: v.toFixed(1) }))}
          />
        </>
      }
    >
      <Card flush>
        <Await query={chains} rows={8}>
          {(page) =>
            page.items.length ? (
              <Table keys rows={page.items} columns={columns} rowKey={(c) => c.id} caption={t('chain.title')} />
            ) : (
              <Empty title={t('chain.empty')}>
                <p>{t('chain.emptyHint')}</p>
              </Empty>
            )
          }
        </Await>
      </Card>
    </Page>
  )
}
