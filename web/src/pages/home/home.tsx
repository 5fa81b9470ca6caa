// The landing page of each role: what waits, where to go, and for union and employee what is here already.
import type { ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
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
import { alertSummary } from '../alerts/queue-query.ts'
import { Administrator } from './administrator.tsx'
import { Doors } from './doors.tsx'
import { Todo } from './todo.tsx'

function Waiting() {
  const { t } = useSay()
  const go = useNavigate()
  const summary = useQuery(alertSummary)
  const s = summary.data
  return (
    <div className="tiles">
      {(['high', 'medium', 'low'] as const).map((severity) => (
        <Tile
          key={severity}
          tone={severity}
          label={t(`alerts.tile.${severity}`)}
          value={s ? s.open[severity] : '–'}
          onClick={() => void go(`/alerts?severity=${severity}`)}
        />
      ))}
      <Tile label={t('alerts.tile.old')} value={s ? s.older_than_30_days : '–'} onClick={() => void go('/alerts?since=old')} />
      <Tile label={t('home.mine')} value={s ? s.mine : '–'} onClick={() => void go('/alerts?view=mine')} />
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
            <AlertLines withPerson alerts={p.items} />
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

/** Ways on that this person may take, of these. */
function Ways({ to }: { to: (keyof typeof WAYS)[] }) {
  const { t } = useSay()
  const may = useMay()
  const open = to.filter((key) => may(...WAYS[key].needs))
  if (!open.length) return null
  return (
    <Card title={t('home.go')}>
      <Doors doors={open.map((key) => ({ key, to: WAYS[key].to }))} />
    </Card>
  )
}
const WAYS = {
  mine: { to: '/mine', needs: ['self.see'] },
  myAccess: { to: '/my-access', needs: ['self.see'] },
  alerts: { to: '/alerts', needs: ['alerts.see'] },
  handovers: { to: '/handovers', needs: ['handovers.see'] },
  customers: { to: '/customers', needs: ['customers.see'] },
  employees: { to: '/employees', needs: ['people.see@team'] },
  contracts: { to: '/contracts', needs: ['contracts.see@team'] },
  policies: { to: '/policies', needs: ['policies.edit', 'policies.approve'] },
  requests: { to: '/requests', needs: ['requests.answer'] },
  rules: { to: '/rules', needs: ['alerts.see'] },
}

/** Whoever leads or does office work without investigating. */
function Manager() {
  const alerts = useMay()('alerts.see')
  return (
    <>
      {alerts ? <Waiting /> : null}
      <div className="stack">
        {alerts ? <Latest /> : null}
        <Ways to={['alerts', 'handovers', 'customers', 'employees', 'contracts', 'policies', 'requests', 'rules']} />
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
                      {l.by}{t('common.colon')}{l.reason} <span className="quiet">{ago(l.at)}</span>
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

function Plain({ who }: { who: 'union' | 'employee' }) {
  const { t } = useSay()
  const points = ['1', '2', '3'] as const
  const mine = useMay()('self.see') && Boolean(useSession().data?.user?.employee)
  return (
    <div className="two">
      {mine ? <Ways to={['mine', 'myAccess', 'handovers', 'customers']} /> : null}
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
  else if (may('cases.see')) body = <Investigators />
  else body = <Manager />
  return (
    <Page title={t('home.hello', { name: user?.name ?? '' })} lead={role ? t(`home.lead.${role}`) : undefined}>
      <Todo />
      {body}
    </Page>
  )
}
