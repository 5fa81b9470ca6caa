// A sentence whose days and hours are not torn at the end of a line: browsers break 2026-12-04 after each hyphen.
import type { ReactNode } from 'react'

const DAY = /(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?)/

export const unbroken = (text: ReactNode): ReactNode =>
  typeof text === 'string' && DAY.test(text)
    ? text.split(DAY).map((part, i) =>
        i % 2 ? (
          <span key={i} className="nowrap">
            {part}
          </span>
        ) : (
          part
        ),
      )
    : text
