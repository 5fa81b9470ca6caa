// The question of who is signed in. Asked by start.ts before there is anything to draw with: no React here.
import { queryOptions } from '@tanstack/react-query'
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

export const sessionQuery = queryOptions({
  queryKey: SESSION,
  queryFn: async () => adopt(await api.session.read()),
  staleTime: Infinity,
})

const order = ['none', 'own', 'team', 'all']

/** `people.see`: at all; `people.see@team`: the team's or everyone's; `people.see@all`: everyone's. */
export const mayOf = (session: Session | undefined) => {
  const reach: Record<string, string | undefined> = session?.reach ?? {}
  return (...any: string[]) =>
    any.some((asked) => {
      const [name = '', least] = asked.split('@')
      return order.indexOf(reach[name] ?? 'none') >= Math.max(1, order.indexOf(least ?? 'own'))
    })
}
