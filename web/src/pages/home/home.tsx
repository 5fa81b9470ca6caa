// The landing page of each role: what waits, where to go, and for union and employee what is here already.
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { ago, number } from '../../ui/format.ts'
import { Await, Card, Empty, Page, Tile } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { useCaseColumns } from '../cases/list.tsx'
import { useChainColumns } from '../evidence/chains.tsx'
import { AlertLines } from '../alerts/lines.tsx'
import './home.css'

function Doors({ doors }: { doors: { to: string; key: string }[] }) {
  const { t } = useSay()
  return (
    <ul className="doors">
      {doors.map((d) => (
        <li key={d.to}>
          <Link to={d.to}>
            <b>{t(`nav.${d.key}`)}</b>
            <span>{t(`home.door.${d.key}`)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Waiting() {
  const { t } = useSay()
  const summary = useQuery({ queryKey: ['alerts', 'summary'], queryFn: api.alerts.summary })
  const s = summary.data
  return (
    <div className="tiles">
      <Tile tone="high" label={t('alerts.tile.high')} value={s ? s.open.high : '–'} />
      <Tile tone="medium" label={t('alerts.tile.medium')} value={s ? s.open.medium : '–'} />
      <Tile tone="low" label={t('alerts.tile.low')} value={s ? s.open.low : '–'} />
      <Tile label={t('alerts.tile.old')} value={s ? s.older_than_30_days : '–'} />
      <Tile label={t('alerts.view.mine')} value={s ? s.mine : '–'} />
    </div>
  )
}

function Latest() {
  const { t } = useSay()
  const alerts = useQuery({
    queryKey: ['alerts', 'list', { status: 'open', limit: 6 }],
    queryFn: () => api.alerts.list({ status: 'open', limit: 6 }),
  })
  return (
    <Card title={t('home.latest')} extra={<Link to="/alerts">{t('home.all')}</Link>}>
      <Await query={alerts}>
        {(p) =>
          p.items.length ? (
            <AlertLines alerts={p.items} />
          ) : (
            <Empty title={t('alerts.empty.open')}>
              <p>{t('alerts.emptyHint')}</p>
            </Empty>
          )
        }
      </Await>
    </Card>
  )
}

/** HR and legal: what waits, the strongest chains, the cases in hand. */
function Investigators() {
  const { t } = useSay()
  const chainColumns = useChainColumns(true)
  const caseColumns = useCaseColumns().filter((c) => c.key === 'title' || c.key === 'who' || c.key === 'opened')
  const chains = useQuery({
    queryKey: ['chains', 'all', 0.7, 5],
    queryFn: () => api.chains.list({ min_score: 0.7, limit: 5 }),
  })
  const cases = useQuery({ queryKey: ['cases', 'list', 'open'], queryFn: () => api.cases.list({ status: 'open', limit: 5 }) })
  return (
    <>
      <Waiting />
      <div className="stack">
        <Latest />
        <Card flush title={t('home.chains')} extra={<Link to="/chains">{t('home.all')}</Link>}>
          <Await query={chains} rows={3}>
            {(p) =>
              p.items.length ? (
                <Table rows={p.items} columns={chainColumns} rowKey={(c) => c.id} caption={t('home.chains')} />
              ) : (
                <Empty title={t('chain.empty')} />
              )
            }
          </Await>
        </Card>
        <Card flush title={t('home.cases')} extra={<Link to="/cases">{t('home.all')}</Link>}>
          <Await query={cases} rows={2}>
            {(p) =>
              p.items.length ? (
                <Table rows={p.items} columns={caseColumns} rowKey={(c) => c.id} caption={t('home.cases')} />
              ) : (
                <Empty title={t('cases.empty')}>
                  <p>{t('cases.emptyHint')}</p>
                </Empty>
              )
            }
          </Await>
        </Card>
      </div>
    </>
  )
}

function Manager() {
  const { t } = useSay()
  return (
    <>
      <Waiting />
      <div className="stack">
        <Latest />
        <Card title={t('home.go')}>
          <Doors
            doors={[
              { to: '/alerts', key: 'alerts' },
              { to: '/customers', key: 'customers' },
              { to: '/employees', key: 'employees' },
            ]}
          />
        </Card>
      </div>
    </>
  )
}

function Auditor() {
  const { t } = useSay()
  const log = useQuery({ queryKey: ['log'], queryFn: api.log })
  const looks = useQuery({ queryKey: ['looks', 'latest'], queryFn: () => api.looks({ limit: 5 }) })
  return (
    <>
      <div className="tiles">
        <Tile label={t('log.size')} value={number(log.data?.size)} />
        <Tile label={t('log.published')} value={ago(log.data?.published_at)} />
        <Tile label={t('log.stamps')} value={log.data ? log.data.stamps.length : '–'} />
      </div>
      <div className="stack">
        <Card title={t('home.looks')} extra={<Link to="/looks">{t('home.all')}</Link>}>
          <Await query={looks} rows={3}>
            {(p) =>
              p.items.length ? (
                <ul className="bullets">
                  {p.items.map((l) => (
                    <li key={l.id}>
                      {l.by}：{l.reason} <span className="quiet">{ago(l.at)}</span>
                    </li>
                  ))}
                </ul>
              ) : (
                <p className="quiet">{t('looks.empty')}</p>
              )
            }
          </Await>
        </Card>
        <Card title={t('home.go')}>
          <Doors
            doors={[
              { to: '/looks', key: 'looks' },
              { to: '/evidence-log', key: 'log' },
            ]}
          />
        </Card>
      </div>
    </>
  )
}

/** A source that has been silent for a week is named: a quiet queue may only mean a broken connection. */
const SILENT = 7 * 86_400_000

function Administrator() {
  const { t } = useSay()
  const sources = useQuery({ queryKey: ['sources'], queryFn: api.sources.list })
  const quarantine = useQuery({ queryKey: ['quarantine'], queryFn: () => api.quarantine.list({ limit: 100 }) })
  const users = useQuery({ queryKey: ['users'], queryFn: api.users.list })
  const log = useQuery({ queryKey: ['log'], queryFn: api.log })
  const overview = useQuery({ queryKey: ['overview'], queryFn: api.overview })
  const silent = (sources.data?.items ?? []).filter(
    (s) => !s.last_received_at || Date.now() - new Date(s.last_received_at).getTime() > SILENT,
  )
  const held = quarantine.data?.items.length
  return (
    <>
      {overview.data?.write_stop ? (
        <p className="notice bad" role="alert">
          {overview.data.write_stop}
        </p>
      ) : null}
      <div className="tiles">
        <Tile label={t('home.sources')} value={sources.data?.items.length ?? '–'} />
        <Tile label={t('home.silent')} value={sources.data ? silent.length : '–'} tone={silent.length ? 'medium' : undefined} />
        <Tile label={t('home.held')} value={held ?? '–'} tone={held ? 'medium' : undefined} />
        <Tile label={t('home.failedJobs')} value={overview.data?.jobs?.failed ?? '–'} tone={overview.data?.jobs?.failed ? 'high' : undefined} />
        <Tile label={t('home.users')} value={users.data?.items.filter((u) => !u.disabled).length ?? '–'} />
        <Tile label={t('log.size')} value={number(log.data?.size)} />
      </div>
      <div className="stack">
        {silent.length ? (
          <Card title={t('home.silentTitle')} note={t('home.silentNote')}>
            <ul className="bullets hollow">
              {silent.map((s) => (
                <li key={s.source}>
                  <b>{s.name}</b> <code className="quiet">{s.source}</code>{' '}
                  <span className="quiet">{s.last_received_at ? ago(s.last_received_at) : t('home.neverReceived')}</span>
                </li>
              ))}
            </ul>
          </Card>
        ) : null}
        <Card title={t('home.go')}>
          <Doors
            doors={[
              { to: '/sources', key: 'sources' },
              { to: '/imports', key: 'imports' },
              { to: '/quarantine', key: 'quarantine' },
              { to: '/companies', key: 'companies' },
              { to: '/users', key: 'users' },
              { to: '/tokens', key: 'tokens' },
              { to: '/lexicon', key: 'lexicon' },
              { to: '/evidence-log', key: 'log' },
            ]}
          />
        </Card>
      </div>
    </>
  )
}

function Plain({ who }: { who: 'union' | 'employee' }) {
  const { t } = useSay()
  const points = ['1', '2', '3'] as const
  return (
    <div className="two">
      <Card title={t(`home.${who}.now`)}>
        <ul className="bullets">
          {points.map((p) => (
            <li key={p}>{t(`home.${who}.has${p}`)}</li>
          ))}
        </ul>
      </Card>
      <Card title={t(`home.${who}.later`)} note={t('home.laterNote')}>
        <ul className="bullets hollow">
          {points.map((p) => (
            <li key={p}>{t(`home.${who}.comes${p}`)}</li>
          ))}
        </ul>
      </Card>
    </div>
  )
}

export default function Home() {
  const { t } = useSay()
  const may = useMay()
  const user = useSession().data?.user
  const role = user?.role
  let body: ReactNode
  if (role === 'union') body = <Plain who="union" />
  else if (role === 'employee') body = <Plain who="employee" />
  else if (role === 'auditor') body = <Auditor />
  else if (role === 'admin') body = <Administrator />
  else if (may('alerts.see')) body = <Investigators />
  else body = <Manager />
  return (
    <Page title={t('home.hello', { name: user?.name ?? '' })} lead={role ? t(`home.lead.${role}`) : undefined}>
      {body}
    </Page>
  )
}
