// What has been asked of the server and is still good.
import { QueryClient } from '@tanstack/react-query'
import { Problem } from './api/http.ts'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A request that cannot go out fails and says so; waiting in silence would look like slow loading.
      networkMode: 'always',
      // A refusal does not get better by asking again; a lost connection may.
      retry: (count, error) => !(error instanceof Problem && error.status < 500) && count < 2,
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: 'always' },
  },
})
