// Dates, sizes and numbers as people read them. The company's time zone, not the browser's.
let zone: string | undefined

/** The browser takes long to make a format and no time to use it: each is made once. */
const made = new Map<string, unknown>()
const once = <F>(key: string, make: () => F): F => {
  if (!made.has(key)) made.set(key, make())
  return made.get(key) as F
}
const spoken = () => document.documentElement.lang

export const setTimeZone = (value: string | undefined) => {
  zone = value
}

const clock = (withTime: boolean) => {
  const how: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(withTime ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}),
  }
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone, ...how })
  } catch {
    // An unknown zone name must not take the page down: the browser's own zone is used.
    return new Intl.DateTimeFormat('en-CA', how)
  }
}

const parts = (iso: string, withTime: boolean) => {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return null
  const format = once(`at ${zone} ${withTime}`, () => clock(withTime))
  return Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]))
}

/** 2026-03-05. A plain date stays as it is: it belongs to no zone. */
export function day(iso: string | null | undefined): string {
  if (!iso) return '—'
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso
  const p = parts(iso, false)
  return p ? `${p.year}-${p.month}-${p.day}` : iso
}

/** The company's day, which is not everywhere that of UTC or of the browser; or so many days after it. */
export const today = (later = 0) => day(new Date(Date.now() + later * 86_400_000).toISOString())

/** The day before the one of a moment, or before a plain date. */
export const dayBefore = (iso: string) => {
  const earlier = new Date(Date.parse(iso) - 86_400_000).toISOString()
  return iso.includes('T') ? day(earlier) : earlier.slice(0, 10)
}

/** 2026-03-05 14:07 */
export function minute(iso: string | null | undefined): string {
  if (!iso) return '—'
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso
  const p = parts(iso, true)
  return p ? `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}` : iso
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** “3 小时前”, with the space that Chinese has around figures everywhere else; older than a month it is the date. */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return '—'
  const past = now - new Date(iso).getTime()
  if (Number.isNaN(past)) return iso
  if (past > 30 * 86_400_000 || past < -86_400_000) return day(iso)
  const format = once(`ago ${spoken()}`, () => new Intl.RelativeTimeFormat(spoken(), { numeric: 'auto' }))
  for (const [unit, size] of steps) {
    if (past >= size) return format.format(-Math.floor(past / size), unit).replace(/(\d)(\p{Script=Han})/u, '$1 $2')
  }
  return spoken().startsWith('zh') ? '刚刚' : 'just now'
}

export const daysBetween = (from: string, until: string) =>
  Math.round((new Date(until).getTime() - new Date(from).getTime()) / 86_400_000)

export function bytes(size: number | null | undefined): string {
  if (size == null) return '—'
  if (size < 1024) return `${size} B`
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} KB`
  return `${(size / 1024 / 1024).toFixed(1)} MB`
}

export const number = (value: number | null | undefined, digits = 0) =>
  value == null
    ? '—'
    : once(`number ${spoken()} ${digits}`, () => new Intl.NumberFormat(spoken(), { maximumFractionDigits: digits })).format(value)

export const percent = (share: number) => `${Math.round(share * 100)}%`

/** A long hash in groups of four, easier to compare by eye. */
export const grouped = (hex: string) => hex.replace(/(.{4})(?=.)/g, '$1 ')
