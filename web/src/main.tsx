// Entry: language, query cache, theme, routes.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Problem, whenSignedOut } from './api/http.ts'
import { startLanguage } from './i18n/index.ts'
import { SESSION } from './session.tsx'
import { router } from './routes.tsx'
import { Dressed } from './ui/dressed.tsx'
import './ui/frame.css'
import './ui/parts.css'
import './ui/pieces.css'

const queries = new QueryClient({
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

whenSignedOut(() => void queries.invalidateQueries({ queryKey: SESSION }))

void startLanguage().then(() => {
  const root = document.getElementById('root')
  if (!root) return
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Dressed>
          <RouterProvider router={router} />
        </Dressed>
      </QueryClientProvider>
    </StrictMode>,
  )
})
