// The server's event stream. What arrives marks queries as stale; new alerts are only counted,
// so that a list never moves under the reader's hand.
import { useEffect, useSyncExternalStore } from 'react'
import { useQueryClient } from '@tanstack/react-query'

let fresh = new Set<string>()
const listeners = new Set<() => void>()
const changed = () => listeners.forEach((l) => l())

export const newAlerts = {
  subscribe: (l: () => void) => {
    listeners.add(l)
    return () => listeners.delete(l)
  },
  count: () => fresh.size,
  clear: () => {
    fresh = new Set()
    changed()
  },
}

export const useNewAlerts = () => useSyncExternalStore(newAlerts.subscribe, newAlerts.count)

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
      // Only what was just raised about something recent is news; a colleague's act or old data is none.
      if (data.notice !== false && (data.change ?? 'raised') === 'raised') {
        fresh = new Set(fresh).add(data.id)
        changed()
      }
    })
    on('case', () => {
      void queries.invalidateQueries({ queryKey: ['cases'] })
      void queries.invalidateQueries({ queryKey: ['case'] })
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
    // More was missed than is worth telling one by one.
    on('reload', () => void queries.invalidateQueries())
    return () => stream.close()
  }, [signedIn, queries])
}
