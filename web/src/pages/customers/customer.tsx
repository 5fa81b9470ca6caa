// One customer: who was in charge when, how much happened, and the latest records.
import { Link, useParams } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page, Tile } from '../../ui/page.tsx'
import { Spans } from '../../ui/spans.tsx'
import { Table } from '../../ui/table.tsx'
import { useEnvelopeColumns } from '../records/rows.tsx'

export default function Customer() {
  const { t, label } = useSay()
  const { id = '' } = useParams()
  const columns = useEnvelopeColumns()
  const query = useQuery({ queryKey: ['customer', id], queryFn: () => api.customers.read(id) })
  const c = query.data
  return (
    <Page
      title={c ? c.name || c.customer : id}
      crumbs={[{ to: '/customers', text: t('customers.title') }]}
      lead={
        c ? (
          <span className="chips">
            <Mark>{c.customer}</Mark>
            {c.placeholder ? <Mark>{t('customers.placeholder')}</Mark> : <Mark tone={c.tier === 'high_value' ? 'medium' : undefined}>{label('tier', c.tier)}</Mark>}
            {c.since ? <Mark>{t('customers.sinceDay', { date: day(c.since) })}</Mark> : null}
            {c.sites.map((s, i) => (s.name ? <Mark key={i}>{s.name}</Mark> : null))}
          </span>
        ) : undefined
      }
    >
      <Await query={query} rows={8}>
        {(d) => (
          <>
            <div className="tiles">
              <Tile label={t('customers.orders')} value={d.counts.orders} />
              <Tile label={t('customers.moved')} value={d.counts.moved} tone={d.counts.moved > 0 ? 'high' : undefined} />
              <Tile label={t('customers.inquiries')} value={d.counts.inquiries} />
              <Tile label={t('customers.messages')} value={d.counts.messages} />
            </div>
            <div className="stack">
              <Card title={t('customers.assignments')} note={t('customers.assignmentsNote')}>
                {d.assignments.length ? (
                  <Spans
                    spans={d.assignments.map((a, i) => ({
                      key: `${a.employee} ${i}`,
                      name: <Link to={`/employees/${encodeURIComponent(a.employee)}`}>{a.name || a.employee}</Link>,
                      from: a.from,
                      until: a.until,
                      note: [a.reason, day(a.known_at) !== day(a.from) ? t('customers.known', { date: day(a.known_at) }) : null]
                        .filter(Boolean)
                        .join(' · '),
                    }))}
                  />
                ) : (
                  <Empty title={t('customers.never')} />
                )}
              </Card>
              {d.contacts.length ? (
                <Card title={t('customers.contacts')}>
                  <ul className="bullets">
                    {d.contacts.map((k, i) => (
                      <li key={i}>{[k.name, k.phone, k.email, k.im].filter(Boolean).join(' · ')}</li>
                    ))}
                  </ul>
                </Card>
              ) : null}
              <Card flush title={t('customers.recent')} extra={<Link to={`/records?customer=${encodeURIComponent(id)}`}>{t('people.allRecords')}</Link>}>
                {d.recent.length ? (
                  <Table rows={d.recent} columns={columns} rowKey={(r) => r.id} caption={t('customers.recent')} />
                ) : (
                  <Empty title={t('records.none')} />
                )}
              </Card>
            </div>
          </>
        )}
      </Await>
    </Page>
  )
}
