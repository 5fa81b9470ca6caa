// Who is signed in, and what that person may do. The server decides; the page only hides what would be refused.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './api/index.ts'
import { setCsrf } from './api/http.ts'
import type { Session } from './api/types.ts'
import { setTimeZone } from './ui/format.ts'

export const SESSION = ['session'] as const

/** Headers and the time zone follow the session, before anything that needs them is shown. */
export const adopt = (session: Session) => {
  setCsrf(session.csrf)
  setTimeZone(session.company?.time_zone)
  return session
}

export const useSession = () =>
  useQuery({ queryKey: SESSION, queryFn: async () => adopt(await api.session.read()), staleTime: Infinity })

const order = ['none', 'own', 'team', 'all']

export function useMay() {
  const { data } = useSession()
  const reach: Record<string, string | undefined> = data?.reach ?? {}
  /** `people.see`: at all; `people.see@team`: the team's or everyone's; `people.see@all`: everyone's. */
  return (...any: string[]) =>
    any.some((asked) => {
      const [name = '', least] = asked.split('@')
      return order.indexOf(reach[name] ?? 'none') >= Math.max(1, order.indexOf(least ?? 'own'))
    })
}

export function useSignOut() {
  const queries = useQueryClient()
  return async () => {
    try {
      await api.session.signOut()
    } finally {
      setCsrf(null)
      queries.clear()
      window.location.assign('/signin')
    }
  }
}
