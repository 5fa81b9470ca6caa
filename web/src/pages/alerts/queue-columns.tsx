// The columns of the alert queue: what happened, who, when, and in whose hands it is.
import { Link } from 'react-router'
import type { Alert } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { ago, day, minute } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'
import { Button, Tick } from '../../ui/plain.tsx'
import type { Column } from '../../ui/table.tsx'
import { InCases, SeverityMark, StatusMark, Words } from './marks.tsx'

export function useQueueColumns({
  rows,
  picked,
  onPick,
  onTake,
  taking,
  withState,
}: {
  rows: Alert[]
  picked: string[]
  onPick: (ids: string[]) => void
  onTake: (id: string) => void
  taking: string | null
  /** Snoozed and closed ones show their state; open ones show who has them. */
  withState: 'snoozed' | 'closed' | null
}): Column<Alert>[] {
  const { t, label } = useSay()
  const me = useSession().data?.user
  const canAct = useMay()('alerts.act')
  const all = rows.length > 0 && picked.length === rows.length
  const owner = (a: Alert) => {
    if (a.assignee) return a.assignee === me?.id ? t('alerts.me') : (a.assignee_name ?? t('alerts.colleague'))
    if (!canAct) return <span className="quiet">{t('alerts.unowned')}</span>
    return (
      <Button small loading={taking === a.id} onClick={() => onTake(a.id)} aria-label={`${t('alerts.take')}${t('common.colon')}${a.title}`}>
        {t('alerts.take')}
      </Button>
    )
  }
  return [
    ...(canAct && withState !== 'closed'
      ? [
          {
            key: 'pick',
            width: 40,
            title: (
              <Tick
                aria-label={t('alerts.pickAll')}
                checked={all}
                some={picked.length > 0 && !all}
                onChange={(e) => onPick(e.target.checked ? rows.map((r) => r.id) : [])}
              />
            ),
            label: false as const,
            render: (a: Alert) => (
              <Tick
                aria-label={t('alerts.pick', { title: a.title })}
                checked={picked.includes(a.id)}
                onChange={(e) => onPick(e.target.checked ? [...picked, a.id] : picked.filter((id) => id !== a.id))}
              />
            ),
          },
        ]
      : []),
    { key: 'severity', width: 64, title: t('alerts.severity'), label: false, render: (a) => <SeverityMark severity={a.severity} /> },
    {
      key: 'what',
      title: t('alerts.what'),
      label: false,
      render: (a) => (
        <>
          <Link className="cell-main" to={`/alerts/${a.id}`}>
            {a.title}
          </Link>
          <div className="row cell-sub" style={{ gap: 8, marginTop: 3 }}>
            <span>{label('rule', a.rule)}</span>
            {a.words.length ? <Words words={a.words} /> : null}
            <InCases alert={a} />
          </div>
        </>
      ),
    },
    {
      key: 'who',
      width: 150,
      title: t('alerts.who'),
      render: (a) => (
        <>
          <Link to={`/employees/${encodeURIComponent(a.employee)}`}>{a.employee_name ?? a.employee}</Link>
          <div className="cell-sub">{a.department ?? '—'}</div>
        </>
      ),
    },
    {
      key: 'when',
      width: 150,
      title: t('alerts.happened'),
      render: (a) => (
        <>
          <time dateTime={a.happened_at} title={minute(a.happened_at)} className="nowrap">
            {day(a.happened_at)}
          </time>
          <div className="cell-sub" title={minute(a.raised_at)}>
            {t('alerts.raisedAgo', { ago: ago(a.raised_at) })}
            {a.backfilled ? (
              <>
                {' '}
                <span title={t('alerts.backfilledHint')}>
                  <Mark>{t('alerts.backfilled')}</Mark>
                </span>
              </>
            ) : null}
          </div>
        </>
      ),
    },
    withState
      ? { key: 'state', width: 170, title: t('alerts.state'), render: (a) => <StatusMark alert={a} /> }
      : { key: 'owner', width: 118, title: t('alerts.owner'), render: owner },
  ]
}
