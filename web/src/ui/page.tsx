// The frame of every page: heading, cards, figures, empty and error states.
import { useEffect, type ReactNode } from 'react'
import { Link } from 'react-router'
import { Problem } from '../api/http.ts'
import { useSay } from '../i18n/say.ts'
import { unbroken } from './dates.tsx'
import { Button } from './plain.tsx'
import { WayOn } from './way-on.tsx'

export function Page({
  title,
  lead,
  crumbs,
  actions,
  children,
}: {
  title: ReactNode
  lead?: ReactNode
  crumbs?: { to: string; text: string }[]
  actions?: ReactNode
  children: ReactNode
}) {
  const { t } = useSay()
  const name = typeof title === 'string' ? title : undefined
  useEffect(() => {
    if (name) document.title = `${name} · ${t('common.product')}`
  }, [name, t])
  return (
    <>
      <div className="page-head">
        <div>
          {crumbs ? (
            <nav className="crumbs" aria-label={t('common.path')}>
              {crumbs.map((c, i) => (
                <span key={c.to}>
                  <span aria-hidden="true">{i ? '› ' : '‹ '}</span>
                  <Link to={c.to}>{c.text}</Link>
                </span>
              ))}
            </nav>
          ) : null}
          <h1>{title}</h1>
          {lead ? <p>{unbroken(lead)}</p> : null}
        </div>
        {actions ? <div className="row">{actions}</div> : null}
      </div>
      {children}
    </>
  )
}

export function Card({
  title,
  note,
  extra,
  flush,
  className,
  children,
}: {
  title?: ReactNode
  note?: ReactNode
  extra?: ReactNode
  /** Content runs to the edges, as a table does. */
  flush?: boolean
  className?: string
  children: ReactNode
}) {
  const bare = !title && !extra && !note
  return (
    <section className={['card', flush ? 'flush' : '', bare ? 'bare' : '', className ?? ''].join(' ')}>
      {bare ? null : (
        <header>
          {title ? <h2>{title}</h2> : <span />}
          {extra}
          {note ? <p>{unbroken(note)}</p> : null}
        </header>
      )}
      <div className="card-body">{children}</div>
    </section>
  )
}

export function Tile({
  label,
  value,
  unit,
  tone,
  pressed,
  onClick,
}: {
  label: string
  value: ReactNode
  unit?: string
  tone?: string
  pressed?: boolean
  onClick?: () => void
}) {
  const inside = (
    <>
      <span>{label}</span>
      <b>
        {value}
        {unit ? <small>{unit}</small> : null}
      </b>
    </>
  )
  return onClick ? (
    <button type="button" className={`tile ${tone ?? ''}`} aria-pressed={pressed ?? false} onClick={onClick}>
      {inside}
    </button>
  ) : (
    <div className={`tile ${tone ?? ''}`}>{inside}</div>
  )
}

export function Mark({ tone, dot, children }: { tone?: string; dot?: boolean; children: ReactNode }) {
  return (
    <span className={`mark ${tone ?? ''}`}>
      {dot ? <i aria-hidden="true" /> : null}
      {children}
    </span>
  )
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <svg width="54" height="34" viewBox="0 0 54 34" aria-hidden="true">
        <path d="M2 26c9 0 9-6 18-6s9 6 18 6 9-6 14-6" fill="none" stroke="#a9cabf" strokeWidth="1.8" strokeLinecap="round" />
        <path d="M8 32c7 0 8-4 14-4s8 4 14 4 6-2 10-3" fill="none" stroke="#cfe0d9" strokeWidth="1.8" strokeLinecap="round" />
        <circle cx="33" cy="9" r="6.5" fill="none" stroke="#a9cabf" strokeWidth="1.8" />
      </svg>
      <b>{title}</b>
      {children}
      {action ? <div>{action}</div> : null}
    </div>
  )
}

/** What went wrong, in the server's own sentence, and a way to try again. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useSay()
  const problem = error instanceof Problem ? error : null
  const title =
    problem?.status === 403
      ? t('common.forbidden')
      : problem?.status === 404
        ? t('common.notFound')
        : t('common.failed')
  return (
    <div role="alert">
      <Empty title={title} action={retry ? <Button onClick={retry}>{t('common.retry')}</Button> : undefined}>
        <p>{problem?.body.detail ?? (problem ? problem.message : t('common.unreachable'))}</p>
        <WayOn problem={problem} />
        {problem?.body.request_id ? (
          <p className="mono" style={{ marginTop: 6, fontSize: 12 }}>
            {problem.body.request_id}
          </p>
        ) : null}
      </Empty>
    </div>
  )
}

/** Grey shapes in place of a spinner: the page keeps its form while it loads. */
export function Loading({ rows = 5 }: { rows?: number }) {
  const { t } = useSay()
  return (
    <div className="loading" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} style={{ width: `${92 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  )
}

/** A query as a page sees it: loading, failed or there. */
export function Await<T>({
  query,
  rows,
  children,
}: {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }
  rows?: number
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  return <Loading rows={rows} />
}
