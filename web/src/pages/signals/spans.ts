// Cutting a text at the places of its hits. The server counts in code points, JavaScript in UTF-16 units.
import type { Hit } from '../../api/types.ts'

export interface Piece {
  text: string
  hit: Hit | null
}

export function pieces(text: string, hits: Hit[]): Piece[] {
  const points = [...text]
  const out: Piece[] = []
  let at = 0
  for (const hit of [...hits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    // A hit inside another one is named in the list below the text, not drawn twice.
    if (hit.start < at || hit.end <= hit.start) continue
    if (hit.start > at) out.push({ text: points.slice(at, hit.start).join(''), hit: null })
    out.push({ text: points.slice(hit.start, hit.end).join(''), hit })
    at = hit.end
  }
  if (at < points.length) out.push({ text: points.slice(at).join(''), hit: null })
  return out
}
