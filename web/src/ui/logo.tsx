/** The mark: 正, the character and the tally count, in a seal. */
export function Logo({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect x="1" y="1" width="30" height="30" rx="7" fill="#3a8172" />
      <path
        d="M7 8.5h18M16 8.5v15M16 16h6.5M10 14.5v9M6 23.5h20"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  )
}

/** A small seal: this item is in the log. */
export function Seal({ size = 14, title }: { size?: number; title?: string }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" role={title ? 'img' : undefined} aria-hidden={!title}>
      {title ? <title>{title}</title> : null}
      <rect x="0.75" y="0.75" width="14.5" height="14.5" rx="3" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path
        d="M4 4.5h8M8 4.5v7M8 8h3M5.4 7.4v4.1M3.6 11.7h8.8"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
        strokeLinecap="round"
      />
    </svg>
  )
}
