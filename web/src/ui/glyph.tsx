// One of Ant Design's icons as a bare drawing: its own component asks for the theme and brings a stylesheet, which is
// much for the thirty of the rail.
import type { IconDefinition } from '@ant-design/icons-svg/es/types'

export function Glyph({ of: { icon } }: { of: IconDefinition }) {
  if (typeof icon === 'function') return null
  return (
    <svg className="glyph" viewBox={icon.attrs.viewBox} width="1em" height="1em" fill="currentColor" aria-hidden="true" focusable="false">
      {icon.children?.map((line) => <path key={line.attrs.d} d={line.attrs.d} />)}
    </svg>
  )
}
