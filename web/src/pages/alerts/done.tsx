// What people and the machine did about an alert, oldest first.
import type { AlertDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { day, minute } from '../../ui/format.ts'
import { Card } from '../../ui/page.tsx'

export function Done({ alert }: { alert: AlertDetail }) {
  const { t, label, actor } = useSay()
  const me = useSession().data?.user
  const nameOf = (id: string, name?: string | null) => (id === me?.id ? t('alerts.me') : (name ?? t('alerts.colleague')))
  const more = (body: Record<string, unknown>, name?: string | null) =>
    [
      typeof body.assignee === 'string' ? nameOf(body.assignee, name) : null,
      typeof body.snoozed_until === 'string' ? t('alerts.snoozedUntil', { date: day(body.snoozed_until) }) : null,
      typeof body.outcome === 'string' ? label('outcome', body.outcome) : null,
      typeof body.reason === 'string' ? body.reason : null,
    ]
      .filter(Boolean)
      .join(' · ')
  if (alert.events.length === 0) return null
  return (
    <Card title={t('alerts.done')}>
      <ol className="custody">
        {alert.events.map((x, i) => (
          <li key={i}>
            <time dateTime={x.at}>{minute(x.at)}</time> <b>{label('alertEvent', x.kind)}</b> <span className="quiet">{actor(x.by)}</span>
            {more(x.body as Record<string, unknown>, x.assignee_name) ? <span> — {more(x.body as Record<string, unknown>, x.assignee_name)}</span> : null}
          </li>
        ))}
      </ol>
    </Card>
  )
}
