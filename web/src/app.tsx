// Texts, query cache, routes: what start.ts has set on its way is put together here.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { QueryClientProvider } from '@tanstack/react-query'
import { startLanguage } from './i18n/index.ts'
import type { Language } from './i18n/load.ts'
import { queries } from './queries.ts'
import type { Room } from './rooms.ts'
import { openRoom, Routed } from './routes.tsx'
import { Toasts } from './ui/toast.tsx'

/** Milliseconds that the frame waits for what stands in it. */
const PATIENCE = 250

/** `asked`: who is signed in, and what the room shows first. */
export async function show(language: Language, room: Room | undefined, asked: Promise<unknown>) {
  await startLanguage(language)
  // What fails is told by the page, which asks again.
  if (room) await openRoom(room).catch(() => null)
  // Drawn once with all of it, not empty, then with the frame and then with the list; index.html shows an empty frame.
  await Promise.race([asked, new Promise((go) => setTimeout(go, PATIENCE))])
  const root = document.getElementById('root')
  if (!root) return
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <Routed />
        </BrowserRouter>
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  )
}
