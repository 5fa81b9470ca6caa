// A short message at the top for acts that stand alone on a page. Our own: a few lines instead of a library's three parts.
import { useSyncExternalStore } from 'react'

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
