// A short message at the top for acts that stand alone on a page. Our own: a few lines instead of a library's three parts.
import { useSyncExternalStore } from 'react'
import { Problem } from '../api/http.ts'
import { useSay } from '../i18n/say.ts'

interface Toast {
  id: number
  text: string
  bad: boolean
}

let shown: Toast[] = []
let last = 0
const listeners = new Set<() => void>()
const set = (next: Toast[]) => {
  shown = next
  listeners.forEach((l) => l())
}
const drop = (id: number) => set(shown.filter((t) => t.id !== id))

export const toast = (text: string, bad = false) => {
  const id = ++last
  set([...shown, { id, text, bad }].slice(-3))
  setTimeout(() => drop(id), bad ? 8000 : 3500)
}

/** A toast with the server's sentence, for acts that stand alone on a page. */
export function useToast() {
  const { t } = useSay()
  return {
    good: (text: string) => toast(text),
    bad: (error: unknown) => toast(error instanceof Problem ? error.message : t('common.unreachable'), true),
  }
}

export function Toasts() {
  const all = useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => listeners.delete(l)
    },
    () => shown,
  )
  return (
    <div className="toasts" aria-live="polite">
      {all.map((t) => (
        <button key={t.id} type="button" className={t.bad ? 'bad' : ''} role={t.bad ? 'alert' : undefined} onClick={() => drop(t.id)}>
          {t.text}
        </button>
      ))}
    </div>
  )
}
