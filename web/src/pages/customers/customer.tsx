// One customer: all the company knows, as it is, as it was on a day, as it was known on a day.
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Button, DatePicker, Tabs } from 'antd'
import dayjs from 'dayjs'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CustomerDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { money } from '../../ui/money.ts'
import { Await, Card, Empty, Mark, Page, Tile } from '../../ui/page.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Spans } from '../../ui/spans.tsx'
import { Table } from '../../ui/table.tsx'
import { PersonLink } from '../people/person-link.tsx'
import { useEnvelopeColumns } from '../records/rows.tsx'
import { AddFollowUp, AddPreference, AddPromise, Assign, EditContacts, EndPromise, RemovePreference } from './acts.tsx'
import { Dealings } from './dealings.tsx'

type Doing = 'follow' | 'promise' | 'preference' | 'contacts' | 'assign' | null

/** The two clocks: which day, and what was known by which day. */
function Clocks() {
  const { t } = useSay()
  const f = useFilters()
  const [on, known] = [f.get('on'), f.get('known')]
  const picked = (text: string | undefined) => (text ? dayjs(text) : null)
  return (
    <div className="row clocks">
      <DatePicker value={picked(on)} placeholder={t('customers.asOn')} aria-label={t('customers.asOn')} onChange={(d) => f.set({ on: d ? d.format('YYYY-MM-DD') : undefined })} />
      <DatePicker
        value={picked(known)}
        placeholder={t('customers.asKnown')}
        aria-label={t('customers.asKnown')}
        onChange={(d) => f.set({ known: d ? d.format('YYYY-MM-DD') : undefined })}
      />
      {on || known ? <Button onClick={() => f.set({ on: undefined, known: undefined })}>{t('customers.back')}</Button> : null}
    </div>
  )
}

function Overview({ d, edit, contacts, act }: { d: CustomerDetail; edit: string | null; contacts: string | null; act: (doing: Doing) => void }) {
  const { t } = useSay()
  const hidden = (field: string) => d.masked.includes(field)
  return (
    <div className="stack">
      <section>
        <h3 className="sub">{t('customers.assignments')}</h3>
        {d.assignments.length ? (
          <Spans
            now={d.on ? new Date(d.on).getTime() : undefined}
            spans={d.assignments.map((a) => ({
              key: a.record,
              name: <PersonLink number={a.employee} name={a.name} />,
              from: a.from,
              until: a.until,
              note: [a.reason, day(a.known_at) !== day(a.from) ? t('customers.known', { date: day(a.known_at) }) : null].filter(Boolean).join(' · '),
            }))}
          />
        ) : (
          <Empty title={t('customers.never')} />
        )}
      </section>
      <section>
        <div className="spread">
          <h3 className="sub">{t('customers.contacts')}</h3>
          {hidden('customers.contacts') ? null : (
            <Act size="small" because={contacts} onClick={() => act('contacts')}>
              {t('customers.editContacts')}
            </Act>
          )}
        </div>
        {hidden('customers.contacts') ? (
          <p className="quiet">{t('customers.masked')}</p>
        ) : d.contacts.length ? (
          <ul className="others">
            {d.contacts.map((k, i) => (
              <li key={i}>
                <b>{k.name || '—'}</b>
                {k.phone ? <a href={`tel:${k.phone}`}>{k.phone}</a> : null}
                {k.email ? <a href={`mailto:${k.email}`}>{k.email}</a> : null}
                {k.im ? <span>{k.im}</span> : null}
                {k.phone || k.email || k.im ? null : <span className="quiet">{t('customers.noPhone')}</span>}
              </li>
            ))}
          </ul>
        ) : (
          <p className="quiet">{t('customers.noContacts')}</p>
        )}
      </section>
      <section>
        <div className="spread">
          <h3 className="sub">{t('customers.preferences')}</h3>
          {hidden('customers.preferences') ? null : (
            <Act size="small" because={edit} onClick={() => act('preference')}>
              {t('customers.addPreference')}
            </Act>
          )}
        </div>
        {hidden('customers.preferences') ? (
          <p className="quiet">{t('customers.masked')}</p>
        ) : d.preferences.length ? (
          <ul className="others">
            {d.preferences.map((p) => (
              <li key={p.preference}>
                <span>{p.text ?? '—'}</span>
                <span className="quiet">{[p.name ?? p.employee, day(p.at)].filter(Boolean).join(' · ')}</span>
                {edit ? null : <RemovePreference customer={d.customer} preference={p.preference} />}
              </li>
            ))}
          </ul>
        ) : (
          <p className="quiet">{t('customers.noPreferences')}</p>
        )}
      </section>
    </div>
  )
}

function Following({ d, edit, act }: { d: CustomerDetail; edit: string | null; act: (doing: Doing) => void }) {
  const { t, label } = useSay()
  const [ending, setEnding] = useState<string | null>(null)
  const tone = (p: CustomerDetail['promises'][number]) =>
    p.overdue || p.state === 'broken' ? 'high' : p.state === 'kept' ? 'good' : p.state === 'open' ? 'medium' : undefined
  return (
    <div className="stack">
      <section>
        <div className="spread">
          <h3 className="sub">{t('customers.promises')}</h3>
          <Act size="small" because={edit} onClick={() => act('promise')}>
            {t('customers.addPromise')}
          </Act>
        </div>
        {d.promises.length ? (
          <ul className="others">
            {d.promises.map((p) => (
              <li key={p.promise}>
                <Mark tone={tone(p)}>{p.overdue ? t('customers.overdue') : label('promiseState', p.state)}</Mark>
                <b>{p.what ?? '—'}</b>
                <span className="quiet">{[`${t('customers.until')} ${p.until ?? '—'}`, p.name ?? p.employee].filter(Boolean).join(' · ')}</span>
                {p.state === 'open' && !edit ? (
                  <Button size="small" onClick={() => setEnding(p.promise)}>
                    {t('customers.endPromise')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        ) : (
          <p className="quiet">{t('customers.noPromises')}</p>
        )}
      </section>
      <section>
        <div className="spread">
          <h3 className="sub">{t('customers.followUps')}</h3>
          <Act size="small" because={edit} onClick={() => act('follow')}>
            {t('customers.addFollowUp')}
          </Act>
        </div>
        {d.follow_ups.length ? (
          <ul className="others">
            {d.follow_ups.map((u) => (
              <li key={u.record}>
                <span className="quiet">{day(u.at)}</span>
                {u.channel ? <Mark>{label('channel', u.channel)}</Mark> : null}
                <span>{u.note ?? '—'}</span>
                <span className="quiet">{u.name ?? u.employee}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="quiet">{t('customers.noFollowUps')}</p>
        )}
      </section>
      {ending ? <EndPromise customer={d.customer} promise={ending} onClose={() => setEnding(null)} /> : null}
    </div>
  )
}

export default function Customer() {
  const { t, label } = useSay()
  const may = useMay()
  const { id = '' } = useParams()
  const f = useFilters()
  const columns = useEnvelopeColumns()
  const [doing, setDoing] = useState<Doing>(null)
  const days = { on: f.get('on'), known: f.get('known') }
  const query = useQuery({
    queryKey: ['customer', id, days],
    queryFn: () => api.customers.read(id, days),
    placeholderData: (before) => (before?.customer === id ? before : undefined),
  })
  const c = query.data
  const past = Boolean(days.on ?? days.known)
  const standing = useSession().data?.standing ?? 'active'
  const edit = past ? t('customers.frozen') : may('customers.edit') ? null : t('customers.noEdit')
  const contacts = edit ?? (standing === 'active' ? null : t('customers.leaving'))
  const openPromises = c?.promises.filter((p) => p.state === 'open') ?? []
  const close = () => setDoing(null)
  return (
    <Page
      title={c ? c.name || c.customer : id}
      crumbs={[{ to: '/customers', text: t('customers.title') }]}
      lead={
        c ? (
          <span className="chips">
            <Mark>{c.customer}</Mark>
            {c.placeholder ? <Mark>{t('customers.placeholder')}</Mark> : <Mark tone={c.tier === 'high_value' ? 'medium' : undefined}>{label('tier', c.tier)}</Mark>}
            <Mark tone={c.employee ? undefined : 'medium'}>
              {c.employee ? (
                <>
                  {t('customers.owner')} <PersonLink number={c.employee} name={c.employee_name} />
                </>
              ) : (
                t('customers.nobody')
              )}
            </Mark>
            {c.since ? <Mark>{t('customers.sinceDay', { date: day(c.since) })}</Mark> : null}
            {c.sites.map((s, i) => (s.name ? <Mark key={i}>{s.name}</Mark> : null))}
          </span>
        ) : undefined
      }
      actions={
        may('customers.assign') ? (
          <Act because={past ? t('customers.frozen') : null} onClick={() => setDoing('assign')}>
            {t('customers.assign')}
          </Act>
        ) : null
      }
    >
      <Clocks />
      {past ? (
        <div className="notice" role="status">
          <p>
            {days.on && days.known
              ? t('customers.past', days as { on: string; known: string })
              : days.on
                ? t('customers.pastOn', { on: days.on })
                : t('customers.pastKnown', { known: days.known ?? '' })}{' '}
            {t('customers.pastNote')}
          </p>
        </div>
      ) : null}
      <Await query={query} rows={8}>
        {(d) => (
          <>
            <div className="tiles tight">
              <Tile label={t('customers.openDeals')} value={d.deals.filter((x) => x.open).length} />
              <Tile label={t('customers.owed')} value={d.masked.includes('customers.amounts') ? '—' : d.owed.map((s) => money(s)).join(' · ') || '0'} tone={d.receivables.some((r) => r.overdue) ? 'wide medium' : 'wide'} />
              <Tile label={t('customers.duePromises')} value={openPromises.length} tone={openPromises.some((p) => p.overdue) ? 'high' : undefined} />
              {past ? null : (
                <>
                  <Tile label={t('customers.orders')} value={d.counts.orders} />
                  <Tile label={t('customers.moved')} value={d.counts.moved} tone={d.counts.moved > 0 ? 'high' : undefined} />
                  <Tile label={t('customers.inquiries')} value={d.counts.inquiries} />
                  <Tile label={t('customers.messages')} value={d.counts.messages} />
                  <Tile label={t('customers.calls')} value={d.counts.calls} />
                  <Tile label={t('customers.visits')} value={d.counts.visits} />
                </>
              )}
            </div>
            <div className="card tabs-card">
              <Tabs
                activeKey={f.get('tab') ?? 'overview'}
                onChange={(tab) => f.set({ tab: tab === 'overview' ? undefined : tab })}
                items={[
                  { key: 'overview', label: t('customers.tab.overview'), children: <div className="tab"><Overview d={d} edit={edit} contacts={contacts} act={setDoing} /></div> },
                  { key: 'dealings', label: t('customers.tab.dealings'), children: <Dealings d={d} /> },
                  { key: 'follow', label: t('customers.tab.follow'), children: <div className="tab"><Following d={d} edit={edit} act={setDoing} /></div> },
                  {
                    key: 'records',
                    label: t('customers.tab.records'),
                    children: (
                      <Card flush title={t('customers.recent')} extra={may('records.see') ? <Link to={`/records?customer=${encodeURIComponent(id)}`}>{t('people.allRecords')}</Link> : null}>
                        {d.recent.length ? (
                          <Table rows={d.recent} columns={columns} rowKey={(r) => r.id} caption={t('customers.recent')} />
                        ) : (
                          <Empty title={t('records.none')} />
                        )}
                      </Card>
                    ),
                  },
                ]}
              />
            </div>
            {doing === 'assign' ? <Assign customer={id} holder={d.employee ?? null} holderName={d.employee_name ?? d.employee ?? null} onClose={close} /> : null}
            {doing === 'contacts' ? <EditContacts customer={id} contacts={d.contacts} onClose={close} /> : null}
            {doing === 'follow' ? <AddFollowUp customer={id} onClose={close} /> : null}
            {doing === 'promise' ? <AddPromise customer={id} onClose={close} /> : null}
            {doing === 'preference' ? <AddPreference customer={id} onClose={close} /> : null}
          </>
        )}
      </Await>
    </Page>
  )
}
