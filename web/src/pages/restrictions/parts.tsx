// What both sides of a restriction see: its state, its limits, the appeals and their answers.
import type { Restriction } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { minute } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'

const tones: Record<string, string> = { proposed: 'medium', in_force: 'high', lifted: 'good', expired: '', refused: '', withdrawn: '' }

export function State({ status }: { status: string }) {
  const { label } = useSay()
  return <Mark tone={tones[status] ?? ''}>{label('restrictionState', status)}</Mark>
}

export function Limits({ of }: { of: Restriction }) {
  const { t } = useSay()
  return <>{of.limits.map((l) => l.title).join(t('common.semicolon'))}</>
}

/** The rule in its own words and its article; its number here means nothing to a reader. */
export function Rule({ rule }: { rule: string }) {
  return <>{useSay().label('lawRule', rule)}</>
}

export function Appeals({ of }: { of: Restriction }) {
  const { t, label } = useSay()
  if (!of.appeals.length) return null
  return (
    <ol className="events">
      {of.appeals.map((a) => (
        <li key={a.id}>
          <div className="events-head">
            <b>{t('restrict.appeal')}</b>{' '}
            <time dateTime={a.at}>{minute(a.at)}</time>
          </div>
          <p>{a.text}</p>
          {a.answered_at ? (
            <div className="notice">
              <p>
                <b>
                  {label('appealOutcome', a.outcome)} · {a.answered_by} · {minute(a.answered_at)}
                </b>
              </p>
              <p>{a.answer}</p>
            </div>
          ) : (
            <Mark tone="medium">{t('restrict.unanswered')}</Mark>
          )}
        </li>
      ))}
    </ol>
  )
}
