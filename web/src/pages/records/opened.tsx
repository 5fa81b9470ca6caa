// The content of one opened record: a message as a message, anything else as its fields.
import type { ReactNode } from 'react'
import type { OpenedRecord } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { minute } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'
import { useEmployeeName } from '../people/names.ts'

type Fields = Record<string, unknown>

const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)

/** Any value in a line a person can read; nested objects as “name: value”. */
export const plain = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(plain).join('; ')
  if (isFields(value)) {
    if (typeof value.amount === 'string' && typeof value.currency === 'string') return `${value.amount} ${value.currency}`
    return Object.entries(value)
      .map(([k, v]) => `${k}: ${plain(v)}`)
      .join(', ')
  }
  return ''
}

/** One side of a message: a colleague by name, somebody outside as the record calls them. */
const party = (value: unknown, nameOf: (number: string) => string): string => {
  if (!isFields(value)) return plain(value)
  return plain(value.name ?? (typeof value.employee === 'string' ? nameOf(value.employee) : value.external))
}

export function Opened({ record }: { record: OpenedRecord }): ReactNode {
  const { t, label, actor } = useSay()
  const name = useEmployeeName()
  const worded = (k: string, v: unknown) => {
    if (k === 'employee' && typeof v === 'string') return name(v)
    // Who did it, not how the record names them to a machine.
    if (k === 'by' && isFields(v) && typeof v.name === 'string') return actor(v.name)
    if (k === 'channel') return label('channel', plain(v))
    if (k === 'msgtype') return label('msgtype', plain(v))
    return plain(v)
  }
  const said = (value: unknown) => party(value, name)
  const event = record.event
  if (!event) {
    return (
      <article className="opened">
        <span className="mono">{record.id}</span> {t('records.erased')}
      </article>
    )
  }
  const data = isFields(event.data) ? event.data : {}
  const kind = plain(event.type)
  const shownApart = kind === 'message.sent' ? new Set(['text', 'from', 'to']) : new Set<string>()
  return (
    <article className="opened">
      <header className="row">
        <Mark tone="good">{label('kind', kind)}</Mark>
        <time>{minute(plain(event.time))}</time>
        <span className="quiet mono">{record.id}</span>
      </header>
      {kind === 'message.sent' ? (
        <blockquote>
          <small>
            {said(data.from)} → {Array.isArray(data.to) ? data.to.map(said).join(t('common.listComma')) : said(data.to)}
          </small>
          {plain(data.text)}
        </blockquote>
      ) : null}
      <dl className="facts">
        {Object.entries(data)
          .filter(([k]) => !shownApart.has(k))
          .map(([k, v]) => (
            <div key={k} style={{ display: 'contents' }}>
              <dt>{label('field', k)}</dt>
              <dd>{worded(k, v)}</dd>
            </div>
          ))}
      </dl>
      <details>
        <summary>{t('open.whole')}</summary>
        <pre>{JSON.stringify(event, null, 2)}</pre>
      </details>
    </article>
  )
}
