// Where each bubble of a chain stands: columns by time, lanes by role. Pure arithmetic, tested alone.
import type { ChainStep, StepRole } from '../../api/types.ts'

export const ROLES: StepRole[] = ['said', 'could', 'did', 'paid']

/** Steps of one role on one day are one bubble: a talk of thirty messages is one act. */
export interface Bubble {
  key: string
  role: StepRole
  at: string
  steps: ChainStep[]
  column: number
  confidence: number
}
export interface Column {
  at: string
  x: number
}
export interface Line {
  from: Bubble
  to: Bubble
  why: string
  confidence: number
}
export interface Layout {
  columns: Column[]
  bubbles: Bubble[]
  lines: Line[]
  missing: StepRole[]
  width: number
}

const DAY = 86_400_000
export const MIN_STEP = 118

export function layOut(steps: ChainStep[], dayOf: (iso: string) => string, room: number, least = MIN_STEP): Layout {
  const groups = new Map<string, Bubble>()
  for (const step of [...steps].sort((a, b) => a.at.localeCompare(b.at))) {
    const key = `${step.role} ${dayOf(step.at)}`
    const known = groups.get(key)
    if (known) {
      known.steps.push(step)
      known.confidence = Math.max(known.confidence, step.confidence)
    } else {
      groups.set(key, { key, role: step.role, at: step.at, steps: [step], column: 0, confidence: step.confidence })
    }
  }
  const bubbles = [...groups.values()].sort((a, b) => a.at.localeCompare(b.at))

  // One column a day, so that what happened on one day stands on one line.
  const days = [...new Set(bubbles.map((b) => dayOf(b.at)))]
  const first = new Map(days.map((d) => [d, bubbles.find((b) => dayOf(b.at) === d)?.at ?? d]))
  for (const b of bubbles) b.column = days.indexOf(dayOf(b.at))

  // A year beside a minute: distances are drawn by their square root, never below a readable step.
  const weights = days.slice(1).map((d, i) => {
    const gap = new Date(first.get(d) ?? d).getTime() - new Date(first.get(days[i] ?? d) ?? d).getTime()
    return Math.sqrt(Math.max(1, gap / DAY))
  })
  const total = weights.reduce((sum, w) => sum + w, 0)
  const free = Math.max(0, room - least * weights.length)
  let x = 0
  const columns: Column[] = days.map((d, i) => {
    if (i > 0) x += least + (total > 0 ? (free * (weights[i - 1] ?? 0)) / total : 0)
    return { at: first.get(d) ?? d, x }
  })

  const holder = new Map<string, Bubble>()
  for (const b of bubbles) for (const s of b.steps) holder.set(s.record, b)
  const lines = new Map<string, Line>()
  for (const step of steps) {
    const a = holder.get(step.record)
    for (const link of step.links ?? []) {
      const b = holder.get(link.to)
      if (!a || !b || a === b) continue
      const [from, to] = a.at <= b.at ? [a, b] : [b, a]
      const key = `${from.key}→${to.key}`
      const known = lines.get(key)
      if (!known || known.confidence < link.confidence) lines.set(key, { from, to, why: link.why, confidence: link.confidence })
    }
  }
  const present = new Set(bubbles.map((b) => b.role))
  return {
    columns,
    bubbles,
    lines: [...lines.values()],
    missing: ROLES.filter((r) => !present.has(r)),
    width: Math.max(room, x),
  }
}

/** Rough width of a text at a size: CJK is square, the rest about half. */
export const textWidth = (text: string, size: number) =>
  [...text].reduce((sum, c) => sum + (/[ -ɏ]/.test(c) ? 0.56 : 1) * size, 0)

export const cut = (text: string, most: number, size: number) => {
  if (textWidth(text, size) <= most) return text
  let out = ''
  for (const c of text) {
    if (textWidth(out + c, size) > most - size) break
    out += c
  }
  return `${out}…`
}
