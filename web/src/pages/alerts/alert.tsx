// One alert: what happened, why it fired beside what may excuse it, what is not known, and the records behind it.
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { Button } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Alert, AlertDetail, Explanation } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { ago, minute, number } from '../../ui/format.ts'
import { Await, Card, Mark, Page } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { OpenCase } from '../cases/open-case.tsx'
import { RecordDrawer } from '../evidence/record-drawer.tsx'
import { ChainAxis } from '../evidence/axis.tsx'
import { RecordRows } from '../records/rows.tsx'
import { Assign } from './assign.tsx'
import { CloseAlerts } from './close.tsx'
import { Done } from './done.tsx'
import { History } from './history.tsx'
import { SeverityMark, StatusMark, Words } from './marks.tsx'
import { Snooze } from './snooze.tsx'
import './alert.css'

const figure = (value: number | null | undefined) => number(value, 2)

function Formula({ rule, explanation: e }: { rule: string; explanation: Explanation }) {
  const { t, label } = useSay()
  if (e.value == null) return null
  // A score is a part of one, wherever it is drawn; a count is measured by the line it crossed.
  const whole = rule.startsWith('chain.') ? 1 : (e.threshold ?? 0) * 2
  const part = (value: number | null | undefined) => `${Math.min((value ?? 0) / whole, 1) * 100}%`
  return (
    <div className="formula">
      <div className="formula-figures">
        <div>
          <span>{label('measure', rule, t('alerts.value'))}</span>
          <b>
            {figure(e.value)}
            {e.unit ? <small> {e.unit}</small> : null}
          </b>
        </div>
        <div>
          <span>{t('alerts.threshold')}</span>
          <b className="calm">{figure(e.threshold)}</b>
        </div>
        {e.denominator != null ? (
          <div>
            <span>{label('parts', rule, t('alerts.parts'))}</span>
            <b className="calm">
              {number(e.numerator, 2)} {rule.startsWith('chain.') ? '/' : '÷'} {number(e.denominator, 2)}
            </b>
          </div>
        ) : null}
        {e.window ? (
          <div>
            <span>{t('alerts.window')}</span>
            <b className="calm">{e.window}</b>
          </div>
        ) : null}
      </div>
      {e.formula ? <p className="formula-text">{e.formula}</p> : null}
      {whole > 0 ? (
        <div className="formula-bar" aria-hidden="true">
          <i style={{ width: part(e.value) }} />
          <em style={{ left: part(e.threshold) }} />
        </div>
      ) : null}
      {typeof e.baseline === 'string' ? <p className="quiet">{t('alerts.baseline', { text: e.baseline })}</p> : null}
    </div>
  )
}

function Head({ alert, onClose, onCase }: { alert: Alert; onClose: () => void; onCase: () => void }) {
  const { t } = useSay()
  const may = useMay()
  const go = useNavigate()
  const me = useSession().data?.user
  const toast = useToast()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (body: object) => api.alerts.change(alert.id, body),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['alert', alert.id] }),
        queries.invalidateQueries({ queryKey: ['alerts'] }),
      ]),
    onError: toast.bad,
  })
  const closed = alert.status === 'closed'
  const noAct = may('alerts.act') ? null : t('alerts.actForbidden')
  const noCase = may('cases.act') ? null : t('alerts.caseForbidden')
  const running = alert.cases.find((c) => c.status === 'open')
  return (
    <>
      {!closed && alert.assignee !== me?.id ? (
        <Act because={noAct} loading={change.isPending} onClick={() => change.mutate({ assignee: me?.id })}>
          {t('alerts.take')}
        </Act>
      ) : null}
      {closed ? (
        <Act because={noAct} onClick={() => change.mutate({ status: 'open' })}>
          {t('alerts.reopen')}
        </Act>
      ) : noAct ? null : (
        <>
          <Assign alert={alert} onPick={(user) => change.mutate({ assignee: user })} />
          <Snooze onPick={(until) => change.mutate({ snooze_until: until })} />
          <Button onClick={onClose}>{t('alerts.close.do')}</Button>
        </>
      )}
      {running ? (
        <Button type="primary" onClick={() => void go(`/cases/${running.id}`)}>
          {t('alerts.openItsCase', { number: running.number })}
        </Button>
      ) : (
        <Act type="primary" because={noCase} onClick={onCase}>
          {t('alerts.toCase')}
        </Act>
      )}
    </>
  )
}

/** The chain behind the alert, as a picture; when it has changed since, the link still leads on. */
function Picture({ alert }: { alert: Alert }) {
  const { t } = useSay()
  const [picked, setPicked] = useState<string[]>([])
  const chains = useQuery({ queryKey: ['chains', alert.employee], queryFn: () => api.chains.of(alert.employee) })
  const chain = chains.data?.items.find((c) => c.id === alert.chain)
  if (!chain) return null
  return (
    <Card
      title={t('chain.one')}
      note={t('chain.timeNote')}
      extra={<Link to={`/employees/${encodeURIComponent(alert.employee)}/chains/${encodeURIComponent(chain.id)}`}>{t('alerts.seeChain')}</Link>}
    >
      <ChainAxis chain={chain} onPick={(s) => setPicked(s.map((x) => x.record))} picked={picked[0]} />
      <RecordDrawer ids={picked} chain={chain} onClose={() => setPicked([])} />
    </Card>
  )
}

function Body({ alert }: { alert: AlertDetail }) {
  const { t, label } = useSay()
  const may = useMay()
  const me = useSession().data?.user
  const e = alert.explanation
  const why = e.why ?? []
  return (
    <div className="stack">
      <dl className="headline">
        <div>
          <dt>{t('alerts.who')}</dt>
          <dd>
            <Link to={`/employees/${encodeURIComponent(alert.employee)}`}>{alert.employee_name ?? alert.employee}</Link>
            <span className="quiet"> {alert.department}</span>
          </dd>
        </div>
        <div>
          <dt>{t('alerts.happened')}</dt>
          <dd>
            <time dateTime={alert.happened_at}>{minute(alert.happened_at)}</time>{' '}
            <span className="quiet" title={minute(alert.raised_at)}>
              {t('alerts.raisedAgo', { ago: ago(alert.raised_at) })}
            </span>{' '}
            {alert.backfilled ? (
              <span title={t('alerts.backfilledHint')}>
                <Mark>{t('alerts.backfilled')}</Mark>
              </span>
            ) : null}
          </dd>
        </div>
        <div>
          <dt>{t('alerts.ruleName')}</dt>
          <dd>{label('rule', alert.rule)}</dd>
        </div>
        <div>
          <dt>{t('alerts.state')}</dt>
          <dd>
            <StatusMark alert={alert} />{' '}
            <span className="quiet">
              {alert.assignee ? (alert.assignee === me?.id ? t('alerts.me') : (alert.assignee_name ?? t('alerts.colleague'))) : t('alerts.unowned')}
            </span>
          </dd>
        </div>
        {alert.cases.length ? (
          <div>
            <dt>{t('alerts.inCases')}</dt>
            <dd>
              {alert.cases.map((c) => (
                <div key={c.id}>
                  <Link to={`/cases/${c.id}`}>{c.number}</Link> <span className="quiet">{label('caseStatus', c.status)}</span>
                </div>
              ))}
            </dd>
          </div>
        ) : null}
        {alert.customer ? (
          <div>
            <dt>{t('alerts.customer')}</dt>
            <dd>
              <Link to={`/customers/${encodeURIComponent(alert.customer)}`}>{alert.customer_name ?? alert.customer}</Link>
            </dd>
          </div>
        ) : null}
        {alert.chain ? (
          <div>
            <dt>{t('alerts.money')}</dt>
            <dd className="quiet">{t('alerts.moneySealed')}</dd>
          </div>
        ) : null}
      </dl>
      {alert.status === 'closed' && alert.reason ? (
        <p className="said-so">{t('alerts.closedBecause', { reason: alert.reason })}</p>
      ) : null}

      <div className="two why">
        <Card title={t('alerts.why')} className="because">
          <Formula rule={alert.rule} explanation={e} />
          {alert.words?.length ? (
            <ul className="hits">
              {alert.words.map((w, i) => (
                <li key={i}>
                  <Words words={[w]} />
                  <span className="quiet">
                    {label('category', w.category)} · {w.direction ? `${label('direction', w.direction)} · ` : ''}
                    {minute(w.at)}
                  </span>
                </li>
              ))}
            </ul>
          ) : null}
          {why.length ? (
            <ul className="bullets warm">
              {why.map((w) => (
                <li key={w}>{w}</li>
              ))}
            </ul>
          ) : null}
          {alert.chain && may('alerts.see@all') ? (
            <p style={{ marginTop: 12 }}>
              <Link to={`/employees/${encodeURIComponent(alert.employee)}/chains/${encodeURIComponent(alert.chain)}`}>
                <Button type="default">{t('alerts.seeChain')}</Button>
              </Link>
            </p>
          ) : null}
        </Card>
        <Card title={t('alerts.innocent')} note={t('alerts.innocentNote')} className="excuse">
          {e.innocent.length ? (
            <ul className="bullets">
              {e.innocent.map((i) => (
                <li key={i}>{i}</li>
              ))}
            </ul>
          ) : (
            <p className="quiet">{t('alerts.innocentNone')}</p>
          )}
          <h3 className="sub">{t('alerts.missing')}</h3>
          {e.missing.length ? (
            <ul className="bullets hollow">
              {e.missing.map((m) => (
                <li key={m}>{m}</li>
              ))}
            </ul>
          ) : (
            <p className="quiet">{t('alerts.missingNone')}</p>
          )}
        </Card>
      </div>

      {alert.chain && may('alerts.see@all') ? <Picture alert={alert} /> : null}
      <Card flush title={t('alerts.behind')} note={t('alerts.behindNote')}>
        {may('records.see') ? (
          <RecordRows ids={alert.records} />
        ) : (
          <p className="more quiet">{t('alerts.behindHidden', { count: alert.records.length })}</p>
        )}
      </Card>
      <History alert={alert} />
      <Done alert={alert} />
    </div>
  )
}

export default function AlertPage() {
  const { t } = useSay()
  const { id = '' } = useParams()
  const [closing, setClosing] = useState(false)
  const [casing, setCasing] = useState(false)
  const alert = useQuery({ queryKey: ['alert', id], queryFn: () => api.alerts.read(id) })
  const a = alert.data
  return (
    <Page
      title={a?.title ?? t('alerts.one')}
      crumbs={[{ to: '/alerts', text: t('alerts.title') }]}
      lead={a ? <SeverityMark severity={a.severity} /> : undefined}
      actions={a ? <Head alert={a} onClose={() => setClosing(true)} onCase={() => setCasing(true)} /> : null}
    >
      <Await query={alert} rows={10}>
        {(data) => <Body alert={data} />}
      </Await>
      {closing && a ? <CloseAlerts ids={[a.id]} onDone={() => setClosing(false)} onCancel={() => setClosing(false)} /> : null}
      {casing && a ? (
        <OpenCase
          employee={a.employee}
          employeeName={a.employee_name ?? a.employee}
          title={a.title}
          alerts={[a.id]}
          records={a.records}
          onCancel={() => setCasing(false)}
        />
      ) : null}
    </Page>
  )
}
