// Button and tick box as plain elements, looking like Ant Design's (plain.css): for the frame and for the alert queue,
// which are on the screen before that library is. Other pages take the library's own.
import type { ButtonHTMLAttributes, InputHTMLAttributes } from 'react'
import LoadingOutlined from '@ant-design/icons-svg/es/asn/LoadingOutlined'
import { Glyph } from './glyph.tsx'

export function Button({
  kind = '',
  small,
  loading,
  onClick,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: 'primary' | 'text' | ''; small?: boolean; loading?: boolean }) {
  return (
    // While it works it keeps the focus, so it is not disabled; it only does nothing.
    <button type="button" {...rest} className={`btn ${kind} ${small ? 'small' : ''} ${loading ? 'busy' : ''}`} onClick={loading ? undefined : onClick} aria-busy={loading ?? undefined} aria-disabled={loading ?? undefined}>
      {loading ? <Glyph of={LoadingOutlined} /> : null}
      <span>{children}</span>
    </button>
  )
}

/** A box to tick; `some` where only a part of what it stands for is ticked. */
export function Tick({ some = false, ...rest }: InputHTMLAttributes<HTMLInputElement> & { some?: boolean }) {
  return (
    <label className="tick">
      <input
        type="checkbox"
        {...rest}
        ref={(box) => {
          if (box) box.indeterminate = some
        }}
      />
    </label>
  )
}
