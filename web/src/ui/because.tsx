// Why something cannot be done, told to whoever points at it or comes to it by key.
import type { ReactNode } from 'react'
import { Tooltip } from 'antd'

export function Because({ reason, block, children }: { reason: string; block?: boolean; children: ReactNode }) {
  return (
    <Tooltip title={reason}>
      <span tabIndex={0} role="note" aria-label={reason} style={{ display: block ? 'block' : 'inline-block' }}>
        {children}
      </span>
    </Tooltip>
  )
}
