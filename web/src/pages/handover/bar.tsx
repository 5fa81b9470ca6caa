// The one completeness bar of a handover: what is done, what waits for a review, what is late.
import type { HandoverProgress } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'

export function Bar({ progress, large }: { progress: HandoverProgress; large?: boolean }) {
  const { t } = useSay()
  const share = (n: number) => `${progress.all ? (n * 100) / progress.all : 0}%`
  const notes = [
    progress.overdue ? t('handover.overdue', { count: progress.overdue }) : null,
    progress.returned ? t('handover.returned', { count: progress.returned }) : null,
    progress.submitted ? t('handover.waiting', { count: progress.submitted }) : null,
  ].filter(Boolean)
  return (
    <div className={large ? 'bar large' : 'bar'}>
      <div className="bar-head">
        <b>{progress.percent}%</b>
        <span>{t('handover.barText', { done: progress.done, all: progress.all })}</span>
      </div>
      <div
        className="bar-track"
        role="progressbar"
        aria-label={t('handover.bar')}
        aria-valuenow={progress.percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i className="done" style={{ width: share(progress.done) }} />
        <i className="waiting" style={{ width: share(progress.submitted) }} />
      </div>
      {notes.length ? <div className={progress.overdue ? 'bar-notes late' : 'bar-notes'}>{notes.join(' · ')}</div> : null}
    </div>
  )
}
