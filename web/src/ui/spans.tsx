// Intervals on one time line, a bar each: who held what, from when until when.
import type { ReactNode } from 'react'
import { useSay } from '../i18n/say.ts'
import { day } from './format.ts'

export interface Span {
  key: string
  name: ReactNode
  from: string
  /** The first day no longer in it. */
  until?: string | null
  /** The last day still in it, to be written instead: of a post the day after would be taken for the last one. */
  last?: string
  note?: ReactNode
}

export function Spans({ spans, now = Date.now() }: { spans: Span[]; now?: number }) {
  const { t } = useSay()
  if (spans.length === 0) return null
  const start = Math.min(...spans.map((s) => new Date(s.from).getTime()))
  const end = Math.max(now, ...spans.map((s) => (s.until ? new Date(s.until).getTime() : 0)))
  const at = (iso: string) => ((new Date(iso).getTime() - start) / Math.max(1, end - start)) * 100
  return (
    <div className="spans">
      <ol>
        {spans.map((s) => {
          const left = at(s.from)
          const right = s.until ? at(s.until) : 100
          return (
            <li key={s.key}>
              <div className="spans-name">
                {s.name}
                <small>
                  {day(s.from)} – {s.until ? day(s.last ?? s.until) : t('common.now')}
                </small>
                {s.note ? <small>{s.note}</small> : null}
              </div>
              <div className="spans-track" aria-hidden="true">
                <i className={s.until ? 'past' : ''} style={{ left: `${left}%`, width: `max(4px, ${right - left}%)` }} />
              </div>
            </li>
          )
        })}
      </ol>
      <div className="spans-scale" aria-hidden="true">
        <span>{day(new Date(start).toISOString())}</span>
        <span>{day(new Date(end).toISOString())}</span>
      </div>
    </div>
  )
}
