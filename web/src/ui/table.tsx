// A plain table that folds into cards on a phone. Columns say how to show a cell; nothing is sorted or paged here.
import { startTransition, useEffect, useRef, useState, type ReactNode } from 'react'
import { useRowKeys } from './row-keys.ts'

export interface Column<T> {
  key: string
  title: ReactNode
  /** Shown before the value when the row is folded; false for the cell that needs no name. */
  label?: string | false
  num?: boolean
  width?: number | string
  render: (row: T) => ReactNode
}

/** So many lines are drawn at once; those below the edge of the screen follow a moment later. */
const AT_ONCE = 9

export function Table<T>({
  rows,
  columns,
  rowKey,
  caption,
  onRow,
  keys = false,
}: {
  rows: T[]
  columns: Column<T>[]
  rowKey: (row: T) => string
  caption: string
  onRow?: (row: T) => { className?: string }
  /** J, K and X work on this list; for the one main list of a page. */
  keys?: boolean
}) {
  const list = useRef<HTMLDivElement>(null)
  useRowKeys(list, keys)
  const [whole, setWhole] = useState(false)
  useEffect(() => startTransition(() => setWhole(true)), [])
  return (
    <div className="table-scroll" ref={list}>
      <table className="plain fold">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.key} scope="col" className={c.num ? 'num' : undefined} style={{ width: c.width }}>
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(whole ? rows : rows.slice(0, AT_ONCE)).map((row) => (
            <tr key={rowKey(row)} {...onRow?.(row)}>
              {columns.map((c) => {
                const name = c.label ?? (typeof c.title === 'string' ? c.title : false)
                return (
                  <td key={c.key} className={c.num ? 'num' : undefined} data-label={name || undefined}>
                    {c.render(row)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
