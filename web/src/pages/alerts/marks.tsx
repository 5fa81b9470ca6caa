// How an alert's severity, state and words look wherever they appear.
import { Link } from 'react-router'
import type { Alert, AlertWord, Severity } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'

export function SeverityMark({ severity }: { severity: Severity }) {
  const { label } = useSay()
  return (
    <Mark tone={severity} dot>
      {label('severity', severity)}
    </Mark>
  )
}

export function StatusMark({ alert }: { alert: Pick<Alert, 'status' | 'outcome' | 'snoozed_until'> }) {
  const { t, label } = useSay()
  if (alert.status === 'closed') {
    return (
      <Mark tone={alert.outcome === 'confirmed' ? 'high' : alert.outcome === 'valuable' ? 'good' : undefined}>
        {t('alerts.closedAs', { outcome: label('outcome', alert.outcome) })}
      </Mark>
    )
  }
  if (alert.status === 'snoozed') return <Mark>{t('alerts.snoozedUntil', { date: day(alert.snoozed_until) })}</Mark>
  return <Mark tone="good">{t('alerts.open')}</Mark>
}

/** The open case it is being looked into in, so that nobody begins anew. */
export function InCases({ alert }: { alert: Pick<Alert, 'cases'> }) {
  return alert.cases
    .filter((c) => c.status === 'open')
    .map((c) => (
      <Link key={c.id} className="nowrap" to={`/cases/${c.id}`}>
        {c.number}
      </Link>
    ))
}

export function Words({ words, most = 3 }: { words: AlertWord[]; most?: number }) {
  const { label } = useSay()
  const distinct = [...new Map(words.map((w) => [`${w.word} ${w.step}`, w])).values()]
  return (
    <span className="row" style={{ gap: 4 }}>
      {distinct.slice(0, most).map((w) => (
        <Mark key={w.word + w.step} tone={w.severity}>
          {w.word}
          {w.step === 'exact' ? null : <span style={{ opacity: 0.75 }}>· {label('step', w.step)}</span>}
        </Mark>
      ))}
      {distinct.length > most ? <span className="quiet">+{distinct.length - most}</span> : null}
    </span>
  )
}
