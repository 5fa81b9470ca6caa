// One person: post and contract at the top, then contracts and policies, customers, cases, and, with authority, risk.
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Segmented, Tabs } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { EmployeeDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { day } from '../../ui/format.ts'
import { Await, Empty, Mark, Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { useCaseColumns } from '../cases/list.tsx'
import { useChainColumns } from '../evidence/chains.tsx'
import { useEnvelopeColumns } from '../records/rows.tsx'
import { AlertLines } from '../alerts/lines.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { statusTone } from './list.tsx'
import { AssetsOf } from '../assets/lines.tsx'
import { ContractsOf } from '../contracts/contracts.tsx'
import { Posts } from './history.tsx'
import { LifeActs } from './life-acts.tsx'
import { Served } from './served.tsx'

function Contracts({ e }: { e: EmployeeDetail }) {
  const { t, label } = useSay()
  const may = useMay()
  const own = useSession().data?.user?.employee === e.number
  return (
    <>
      {may('contracts.see@team') || own ? <ContractsOf number={e.number} left={e.status === 'left'} /> : null}
      <h3 className="sub">{t('mine.signed')}</h3>
      {e.documents.length ? (
        <ul className="others">
          {e.documents.map((d, i) => (
            <li key={i}>
              <Mark tone="good">{label('document', d.document)}</Mark>
              <b>{d.title}</b>
              <span className="quiet">{t('people.version', { version: d.version })}</span>
              <span className="quiet">{day(d.signed_at)}</span>
              <span className="quiet">{label('signedBy', d.method, '')}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Empty title={t('people.noDocuments')}>
          <p>{t('people.noDocumentsHint')}</p>
        </Empty>
      )}
      {e.interests.length ? (
        <>
          <h3 className="sub">{t('people.interests')}</h3>
          <ul className="bullets">
            {e.interests.map((i) => (
              <li key={i.company + i.relation}>
                {i.name || i.company} — {i.relation}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <h3 className="sub">{t('people.reach')}</h3>
      <dl className="facts">
        <dt>{t('people.accounts')}</dt>
        <dd>{e.accounts.map((a) => `${label('accountKind', a.system)} ${a.account}`).join(t('common.semicolon')) || '—'}</dd>
        <dt>{t('people.phones')}</dt>
        <dd>{e.phones.join(t('common.semicolon')) || '—'}</dd>
        <dt>{t('people.emails')}</dt>
        <dd>{e.emails.join(t('common.semicolon')) || '—'}</dd>
      </dl>
    </>
  )
}

function Cases({ number }: { number: string }) {
  const { t } = useSay()
  const columns = useCaseColumns()
  const cases = useQuery({ queryKey: ['cases', 'of', number], queryFn: () => api.cases.list({ employee: number }) })
  return (
    <div>
      <Await query={cases}>
        {(page) => {
          const rows = page.items.filter((c) => c.employee === number)
          return rows.length ? (
            <Table rows={rows} columns={columns} rowKey={(c) => c.id} caption={t('cases.title')} />
          ) : (
            <Empty title={t('people.noCases')} />
          )
        }}
      </Await>
    </div>
  )
}

/** The kinds a reader of a personal file asks for by themselves; everything else is in the record browser. */
const SHOWN = ['', 'message.sent', 'visit.checked_in', 'attendance.recorded', 'performance.rated', 'order.transferred']

function Records({ number, only }: { number: string; only?: string }) {
  const { t, label } = useSay()
  const columns = useEnvelopeColumns().filter((c) => c.key !== 'who')
  const [kind, setKind] = useState(only ?? '')
  const query = { employee: number, kind: kind || undefined, limit: 30, order: 'desc' }
  const records = useQuery({ queryKey: ['records', 'of', query], queryFn: () => api.records.list(query) })
  const all = new URLSearchParams({ employee: number, ...(kind ? { kind } : {}) })
  return (
    <div>
      {only ? null : (
        <div className="filters">
          <Segmented
            value={kind}
            onChange={setKind}
            aria-label={t('records.kind')}
            options={SHOWN.map((k) => ({ value: k, label: k ? label('kind', k) : t('cases.all') }))}
          />
        </div>
      )}
      <Await query={records}>
        {(page) =>
          page.items.length ? (
            <>
              <Table rows={page.items} columns={columns} rowKey={(r) => r.id} caption={t('records.title')} />
              <p className="more">
                <Link to={`/records?${all.toString()}`}>{t('people.allRecords')}</Link>
              </p>
            </>
          ) : (
            <Empty title={t('records.none')}>
              <p>{t('records.noneOfPerson')}</p>
            </Empty>
          )
        }
      </Await>
    </div>
  )
}

function Risk({ number }: { number: string }) {
  const { t } = useSay()
  const columns = useChainColumns(false)
  const chains = useQuery({ queryKey: ['chains', number], queryFn: () => api.chains.of(number) })
  const alerts = useQuery({
    queryKey: ['alerts', 'of', number],
    queryFn: () => api.alerts.list({ employee: number, limit: 50 }),
  })
  return (
    <>
      <p className="quiet">{t('people.riskNote')}</p>
      <h3 className="sub">{t('nav.alerts')}</h3>
      <Await query={alerts} rows={3}>
        {(page) => (page.items.length ? <AlertLines alerts={page.items} /> : <p className="quiet">{t('people.noAlerts')}</p>)}
      </Await>
      <h3 className="sub">{t('chain.title')}</h3>
      <Await query={chains} rows={3}>
        {(page) =>
          page.items.length ? (
            <Table rows={page.items.map((c) => ({ ...c, employee: c.employee ?? number }))} columns={columns} rowKey={(c) => c.id} caption={t('chain.title')} />
          ) : (
            <p className="quiet">{t('people.noChains')}</p>
          )
        }
      </Await>
    </>
  )
}

/** Policies that this person still has to acknowledge: how many, where the policies may be seen; else only that none is signed. */
function Unsigned({ e }: { e: EmployeeDetail }) {
  const { t } = useSay()
  const may = useMay()
  const list = useQuery({ queryKey: ['policies'], queryFn: api.policies.list, enabled: may('policies.edit', 'policies.approve') && e.status !== 'left' })
  const signed = e.documents.filter((d) => d.document === 'policy')
  if (e.status === 'left') return null
  if (!list.data) return signed.length ? null : <Mark tone="medium">{t('people.noPolicy')}</Mark>
  const lacks = list.data.items.filter((p) => p.published && !signed.some((d) => d.title === p.title && d.version === String(p.published)))
  return lacks.length ? <Mark tone="medium">{t('people.unsigned', { count: lacks.length })}</Mark> : null
}

export default function Employee() {
  const { t, label } = useSay()
  const may = useMay()
  const { number = '' } = useParams()
  const f = useFilters()
  const query = useQuery({ queryKey: ['employee', number], queryFn: () => api.employees.read(number) })
  const own = useSession().data?.user?.employee === number
  const entered = useQuery({ queryKey: ['contracts', number], queryFn: () => api.contracts.of(number), enabled: may('contracts.see@team') || own })
  const handovers = useQuery({ queryKey: ['handovers', 'of', number], queryFn: () => api.handovers.list({ employee: number }), enabled: may('handovers.see') })
  const handover = handovers.data?.items.find((h) => h.employee === number && h.status !== 'closed')
  const e = query.data
  return (
    <Page
      title={e ? e.name || e.number : number}
      crumbs={[{ to: '/employees', text: t('people.title') }]}
      lead={
        e ? (
          <span className="chips">
            <Mark tone={statusTone(e.status)}>{label('employment', e.placeholder ? 'placeholder' : e.status)}</Mark>
            <Mark>{e.number}</Mark>
            {e.department ? <Mark>{e.department}</Mark> : null}
            {e.title ? <Mark>{e.title}</Mark> : null}
            {!entered.data || entered.data.items.length || e.documents.some((d) => d.document === 'contract') ? null : <Mark tone="medium">{t('people.noContract')}</Mark>}
            <Unsigned e={e} />
            {e.hired_on ? <Mark>{t('people.since', { date: e.hired_on })}</Mark> : null}
            {e.last_day ? <Mark tone="medium">{t('life.lastDayChip', { date: e.last_day })}</Mark> : null}
            {e.left_on ? <Mark>{t('people.leftOn', { date: e.left_on })}</Mark> : null}
            {handover ? (
              <Mark tone="medium">
                <Link to={`/handovers/${handover.id}`}>{t('life.openHandover')}</Link>
              </Mark>
            ) : null}
            {e.manager ? (
              <Mark>
                {t('people.manager')} <Link to={`/employees/${encodeURIComponent(e.manager)}`}>{e.manager_name ?? e.manager}</Link>
              </Mark>
            ) : null}
          </span>
        ) : undefined
      }
      actions={e ? <LifeActs e={e} /> : null}
    >
      <Await query={query} rows={8}>
        {(data) => (
          <div className="card tabs-card">
            <Tabs
              activeKey={f.get('tab') ?? 'contract'}
              onChange={(tab) => f.set({ tab: tab === 'contract' ? undefined : tab })}
              items={[
                { key: 'contract', label: t('people.tab.contract'), children: <div className="tab"><Contracts e={data} /></div> },
                ...(may('customers.see') ? [{ key: 'customers', label: `${t('people.tab.customers')} ${data.customers || ''}`, children: <div className="tab"><Served e={data} /></div> }] : []),
                ...(may('assets.see') ? [{ key: 'assets', label: t('assets.tab'), children: <div className="tab"><AssetsOf number={number} /></div> }] : []),
                { key: 'posts', label: t('life.posts'), children: <div className="tab"><Posts number={number} /></div> },
                ...(may('records.see') ? [{ key: 'field', label: t('people.tab.field'), children: <Records number={number} only="visit.checked_in" /> }] : []),
                ...(may('records.see') ? [{ key: 'records', label: t('nav.records'), children: <Records number={number} /> }] : []),
                ...(may('cases.see') ? [{ key: 'cases', label: t('nav.cases'), children: <Cases number={number} /> }] : []),
                ...(may('alerts.see') && may('cases.see') ? [{ key: 'risk', label: t('people.tab.risk'), children: <div className="tab"><Risk number={number} /></div> }] : []),
              ]}
            />
          </div>
        )}
      </Await>
    </Page>
  )
}
