// J and K move between the rows of a list, X ticks the row; Enter opens it, as Enter does on any link.
// The keys move the real focus, so that a screen reader follows and the row shows where it is.
import { useEffect, type RefObject } from 'react'

const typing = (e: EventTarget | null) =>
  e instanceof HTMLElement && Boolean(e.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox], [role=dialog], dialog'))

export function useRowKeys(list: RefObject<HTMLElement | null>, on: boolean) {
  useEffect(() => {
    if (!on) return
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return
      if (document.querySelector('[role=dialog]:not([hidden])')?.getClientRects().length) return
      const rows = [...(list.current?.querySelectorAll('tbody tr') ?? [])]
      const now = rows.findIndex((r) => r.contains(document.activeElement))
      if (e.key === 'j' || e.key === 'k') {
        const next = rows[Math.max(0, Math.min(rows.length - 1, now + (e.key === 'j' ? 1 : -1)))]
        const link = next?.querySelector<HTMLElement>('a.cell-main, a, button')
        if (!link) return
        e.preventDefault()
        link.focus()
        next?.scrollIntoView({ block: 'nearest' })
      } else if (e.key === 'x') {
        const box = rows[now]?.querySelector<HTMLInputElement>('input[type=checkbox]')
        if (!box) return
        e.preventDefault()
        box.click()
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [list, on])
}
