// Texts, query cache, theme, routes: what start.ts has set on its way is put together here.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { QueryClientProvider } from '@tanstack/react-query'
import { startLanguage } from './i18n/index.ts'
import type { Language } from './i18n/load.ts'
import { queries } from './queries.ts'
import type { Room } from './rooms.ts'
import { openRoom, Routed } from './routes.tsx'
import { Dressed } from './ui/dressed.tsx'

export async function show(language: Language, room: Room | undefined) {
  await startLanguage(language)
  // What fails is told by the page, which asks again.
  if (room) await openRoom(room).catch(() => null)
  const root = document.getElementById('root')
  if (!root) return
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Dressed>
          <BrowserRouter>
            <Routed />
          </BrowserRouter>
        </Dressed>
      </QueryClientProvider>
    </StrictMode>,
  )
}
