// Who is signed in, and what that person may do. The server decides; the page only hides what would be refused.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './api/index.ts'
import { setCsrf } from './api/http.ts'
import { mayOf, sessionQuery } from './session-query.ts'

export const useSession = () => useQuery(sessionQuery)

export const useMay = () => mayOf(useSession().data)

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
