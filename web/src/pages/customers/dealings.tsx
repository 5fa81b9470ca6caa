// Deals, orders and receivables of one customer.
import type { CustomerDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { money } from '../../ui/money.ts'
import { Empty, Mark } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'

export function Dealings({ d }: { d: CustomerDetail }) {
  const { t, label } = useSay()
  const who = (row: { name?: string | null; employee?: string | null }) => row.name ?? row.employee ?? '—'
  const deals: Column<CustomerDetail['deals'][number]>[] = [
    {
      key: 'deal',
      title: t('customers.deals'),
      label: false,
      render: (x) => (
        <>
          <span className="cell-main">{x.deal}</span>
          {x.before.length ? <div className="cell-sub">{t('customers.stageBefore', { stages: x.before.map((b) => b.stage ?? '—').join(' ← ') })}</div> : null}
        </>
      ),
    },
    { key: 'stage', title: t('customers.stage'), render: (x) => <Mark tone={x.open ? 'good' : undefined}>{x.stage ?? '—'}</Mark> },
    { key: 'amount', num: true, title: t('customers.amount'), render: (x) => money(x.amount) },
    { key: 'who', title: t('customers.who'), render: who },
    { key: 'at', width: 120, title: t('customers.at'), render: (x) => day(x.at) },
  ]
  const orders: Column<CustomerDetail['orders'][number]>[] = [
    {
      key: 'order',
      title: t('customers.orders'),
      label: false,
      render: (x) => (
        <>
          <span className="cell-main">{x.order}</span>
          {x.note ? <div className="cell-sub">{x.note}</div> : null}
        </>
      ),
    },
    { key: 'state', title: t('customers.state'), render: (x) => <Mark tone={x.state === 'transferred' ? 'high' : x.state === 'placed' ? 'good' : undefined}>{label('orderState', x.state)}</Mark> },
    { key: 'amount', num: true, title: t('customers.amount'), render: (x) => money(x.amount) },
    { key: 'who', title: t('customers.who'), render: who },
    { key: 'at', width: 120, title: t('customers.at'), render: (x) => day(x.placed_at) },
  ]
  const receivables: Column<CustomerDetail['receivables'][number]>[] = [
    {
      key: 'receivable',
      title: t('customers.receivables'),
      label: false,
      render: (x) => (
        <>
          <span className="cell-main">{x.receivable}</span>
          {x.order ? <div className="cell-sub">{x.order}</div> : null}
        </>
      ),
    },
    {
      key: 'state',
      title: t('customers.state'),
      render: (x) => <Mark tone={x.overdue ? 'high' : x.open ? 'medium' : undefined}>{x.overdue ? t('customers.overdue') : x.open ? t('customers.open') : t('customers.over')}</Mark>,
    },
    { key: 'amount', num: true, title: t('customers.amount'), render: (x) => money(x.amount) },
    { key: 'settled', num: true, title: t('customers.settled'), render: (x) => money(x.settled) },
    { key: 'due', width: 120, title: t('customers.due'), render: (x) => x.due ?? '—' },
  ]
  return (
    <div>
      {d.masked.includes('customers.amounts') ? <p className="quiet tab">{t('customers.masked')}</p> : null}
      {d.deals.length ? <Table rows={d.deals} columns={deals} rowKey={(x) => x.deal} caption={t('customers.deals')} /> : <Empty title={t('customers.noDeals')} />}
      {d.orders.length ? <Table rows={d.orders} columns={orders} rowKey={(x) => x.order} caption={t('customers.orders')} /> : <Empty title={t('customers.noOrders')} />}
      {d.receivables.length ? (
        <Table rows={d.receivables} columns={receivables} rowKey={(x) => x.receivable} caption={t('customers.receivables')} />
      ) : (
        <Empty title={t('customers.noReceivables')} />
      )}
    </div>
  )
}
