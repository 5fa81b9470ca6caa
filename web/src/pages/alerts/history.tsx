// The thirty days before an alert: how much was recorded each day, and which other alerts stood.
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Alert, AlertDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card } from '../../ui/page.tsx'
import { AlertLines } from './lines.tsx'

const DAY = 86_400_000

/** The moment the thirty days are counted to: when the facts happened, not when we learned of them. */
const lastFact = (alert: Alert) => {
  const said = alert.words?.map((w) => w.at).sort().at(-1)
  return new Date(alert.happened_at ?? said ?? alert.raised_at).getTime()
}

function Strip({ counts, marked, end }: { counts: Map<string, number>; marked: Set<string>; end: number }) {
  const { t } = useSay()
  const days = Array.from({ length: 30 }, (_, i) => day(new Date(end - (29 - i) * DAY).toISOString()))
  const most = Math.max(1, ...counts.values())
  return (
    <figure className="strip">
      <ol>
        {days.map((d) => {
          const n = counts.get(d) ?? 0
          return (
            <li key={d} title={`${d} · ${t('alerts.recordsThatDay', { count: n })}${marked.has(d) ? ` · ${t('alerts.restsOnDay')}` : ''}`}>
              <i
                className={marked.has(d) ? 'on' : ''}
                style={{ height: n === 0 ? 2 : `${8 + (n / most) * 92}%` }}
                aria-hidden="true"
              />
              <span className="sr-only">
                {d}: {n} {marked.has(d) ? t('alerts.restsOnDay') : null}
              </span>
            </li>
          )
        })}
      </ol>
      <figcaption>
        <span>{days[0]}</span>
        <span>{days.at(-1)}</span>
      </figcaption>
    </figure>
  )
}

export function History({ alert }: { alert: AlertDetail }) {
  const { t } = useSay()
  const may = useMay()
  const end = lastFact(alert)
  const from = new Date(end - 30 * DAY).toISOString()
  const until = new Date(end + DAY).toISOString()
  const records = useQuery({
    queryKey: ['records', 'strip', alert.employee, from, until],
    queryFn: () => api.records.list({ employee: alert.employee, from, until, limit: 500 }),
    enabled: may('records.see'),
  })
  const counts = new Map<string, number>()
  for (const r of records.data?.items ?? []) counts.set(day(r.at), (counts.get(day(r.at)) ?? 0) + 1)
  // Red are the days on which this very alert rests.
  const behind = new Set(alert.records)
  const marked = new Set([
    ...alert.words.map((w) => day(w.at)),
    ...(records.data?.items.filter((r) => behind.has(r.id)).map((r) => day(r.at)) ?? []),
  ])
  const rest = alert.history ?? []
  return (
    <Card title={may('records.see') ? t('alerts.history') : t('alerts.historyOthers')} note={may('records.see') ? t('alerts.historyNote') : undefined}>
      {may('records.see') ? (
        <Await query={records} rows={2}>
          {() => <Strip counts={counts} marked={marked} end={end} />}
        </Await>
      ) : null}
      {rest.length ? (
        <AlertLines alerts={rest} />
      ) : (
        <p className="quiet">{t('alerts.historyNone')}</p>
      )}
    </Card>
  )
}
