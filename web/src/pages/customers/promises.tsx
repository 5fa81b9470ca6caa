// Promises to customers that are due: the earliest first, said how they ended on the customer's page.
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { DuePromise } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table, type Column } from '../../ui/table.tsx'

export default function Promises() {
  const { t } = useSay()
  const list = usePages(['promises'], (cursor) => api.promises({ cursor, limit: 100 }))
  const columns: Column<DuePromise>[] = [
    {
      key: 'what',
      title: t('customers.what'),
      label: false,
      render: (p) => (
        <Link className="cell-main" to={`/customers/${encodeURIComponent(p.customer)}?tab=follow`}>
          {p.what ?? '—'}
        </Link>
      ),
    },
    {
      key: 'until',
      width: 190,
      title: t('customers.until'),
      render: (p) => (
        <span className="chips">
          {p.until} {p.overdue ? <Mark tone="high">{t('customers.overdue')}</Mark> : null}
        </span>
      ),
    },
    { key: 'customer', title: t('customers.customer'), render: (p) => p.customer_name ?? p.customer },
    { key: 'who', width: 160, title: t('customers.who'), render: (p) => p.employee_name ?? p.employee ?? '—' },
  ]
  return (
    <Page title={t('customers.promisesDue')} lead={t('customers.promisesLead')} crumbs={[{ to: '/customers', text: t('customers.title') }]}>
      <Card flush>
        <Paged query={list}>
          {(rows) =>
            rows.length ? <Table keys rows={rows} columns={columns} rowKey={(p) => p.id} caption={t('customers.promisesDue')} /> : <Empty title={t('customers.noneDue')} />
          }
        </Paged>
      </Card>
    </Page>
  )
}
