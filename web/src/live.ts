// The server's event stream. What arrives marks queries as stale; new alerts are only counted,
// so that a list never moves under the reader's hand.
import { useEffect, useSyncExternalStore } from 'react'
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import type { Alert } from './api/types.ts'

let fresh: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()
const changed = () => listeners.forEach((l) => l())

export const newAlerts = {
  subscribe: (l: () => void) => {
    listeners.add(l)
    return () => listeners.delete(l)
  },
  ids: () => fresh,
  clear: () => {
    fresh = new Set()
    changed()
  },
}

export const useNewAlerts = () => useSyncExternalStore(newAlerts.subscribe, newAlerts.ids)

/** Asks again for the list on the page if it shows nothing: then nothing can move under the reader's hand, and
    「目前没有待处理的预警」 must not stand there while some wait. True if it was so. */
const renewEmpty = (queries: QueryClient) => {
  const empty = queries
    .getQueryCache()
    .findAll({ queryKey: ['alerts', 'list'], type: 'active' })
    .filter((q) => (q.state.data as InfiniteData<{ items: Alert[] }> | undefined)?.pages.every((p) => p.items.length === 0))
  for (const list of empty) void queries.invalidateQueries({ queryKey: list.queryKey, exact: true })
  return empty.length > 0
}

export function useLive(signedIn: boolean) {
  const queries = useQueryClient()
  useEffect(() => {
    if (!signedIn || typeof EventSource === 'undefined') return
    const stream = new EventSource('/api/v1/events')
    const on = (name: string, act: (data: { id?: string; [more: string]: unknown }) => void) =>
      stream.addEventListener(name, (event) => {
        try {
          act(JSON.parse((event as MessageEvent<string>).data) as { id?: string })
        } catch {
          // An event we cannot read is one we do not know yet: newer server, older page.
        }
      })
    on('alert', (data) => {
      void queries.invalidateQueries({ queryKey: ['alerts', 'summary'] })
      void queries.invalidateQueries({ queryKey: ['overview'] })
      if (!data.id) return
      void queries.invalidateQueries({ queryKey: ['alert', data.id] })
      // A colleague's act is no news. What old data raises is: it waits in the queue like the rest.
      if ((data.change ?? 'raised') === 'raised' && !renewEmpty(queries)) {
        fresh = new Set(fresh).add(data.id)
        changed()
      }
    })
    on('case', () => {
      void queries.invalidateQueries({ queryKey: ['cases'] })
      void queries.invalidateQueries({ queryKey: ['case'] })
      // An alert says which cases it is in; the list's rows stay where they are.
      void queries.invalidateQueries({ queryKey: ['alert'] })
    })
    // Whatever these rooms tell may have been waiting for the one who looks.
    const rooms = { handover: 'handovers', notice: 'outbox', contract: 'contracts', asset: 'assets', request: 'requests', restriction: 'restrictions', policy: 'policies' }
    for (const [event, key] of Object.entries(rooms))
      on(event, () => {
        void queries.invalidateQueries({ queryKey: [key] })
        void queries.invalidateQueries({ queryKey: ['mine'] })
        void queries.invalidateQueries({ queryKey: ['todo'] })
      })
    // A stream that was refused and not only cut: the session has ended, and the page must not go on looking open.
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) void queries.invalidateQueries({ queryKey: ['session'] })
    }
    on('package', () => void queries.invalidateQueries({ queryKey: ['packages'] }))
    on('import', () => void queries.invalidateQueries({ queryKey: ['imports'] }))
    on('job', () => void queries.invalidateQueries({ queryKey: ['imports'] }))
    on('user_change', () => {
      void queries.invalidateQueries({ queryKey: ['user-changes'] })
      void queries.invalidateQueries({ queryKey: ['users'] })
      void queries.invalidateQueries({ queryKey: ['todo'] })
      void queries.invalidateQueries({ queryKey: ['roles'] })
    })
    // More was missed than is worth telling one by one, or the own rights changed: then the session is asked again with the
    // rest, and no button stays that would be refused.
    on('reload', () => void queries.invalidateQueries())
    return () => stream.close()
  }, [signedIn, queries])
}
