// What the queue asks the server, read from the address: the filters live there, so a view can be kept or sent to a
// colleague, and start.ts can ask before there is anything to draw with: no React here.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { AlertQuery, Session } from '../../api/types.ts'
import { queries } from '../../queries.ts'
import { mayOf } from '../../session-query.ts'

export const VIEWS = ['open', 'mine', 'unassigned', 'snoozed', 'closed'] as const
export type View = (typeof VIEWS)[number]

export const viewOf = (search: URLSearchParams): View => VIEWS.find((v) => v === search.get('view')) ?? 'open'

const viewQuery = (view: View): AlertQuery => {
  switch (view) {
    case 'mine':
      return { status: 'open', assignee: 'me' }
    case 'unassigned':
      return { status: 'open', assignee: 'none' }
    default:
      return { status: view }
  }
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** So many days ago, to the hour: the same question within the hour is asked once. */
const since = (days: string | undefined) =>
  days ? new Date(Math.floor(Date.now() / HOUR) * HOUR - Number(days) * DAY).toISOString() : undefined

export function alertQuery(search: URLSearchParams): AlertQuery {
  const view = viewOf(search)
  const get = (key: string) => search.get(key) ?? undefined
  return {
    ...viewQuery(view),
    severity: get('severity'),
    rule: get('rule'),
    department: get('department'),
    employee: get('employee'),
    q: get('q'),
    outcome: view === 'closed' ? get('outcome') : undefined,
    from: get('since') === 'old' ? undefined : since(get('since')),
    until: get('since') === 'old' ? since('30') : undefined,
    limit: 50,
  }
}

export const alertList = (query: AlertQuery) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'list', query],
    queryFn: ({ pageParam }) => api.alerts.list({ ...query, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

export const alertSummary = queryOptions({ queryKey: ['alerts', 'summary'], queryFn: api.alerts.summary })

export async function askForQueue(session: Session) {
  if (!mayOf(session)('alerts.see')) return
  const list = alertList(alertQuery(new URLSearchParams(window.location.search)))
  await Promise.all([queries.prefetchInfiniteQuery(list), queries.prefetchQuery(alertSummary)])
}
