// Dates, sizes and numbers as people read them. The company's time zone, not the browser's.
let zone: string | undefined

// The browser takes twenty milliseconds before its first format of any kind, the most that a single thing costs on the
// first screen. What every page shows (days in China, “3 小时前”, small numbers) is written here instead, the same to
// the letter: format.test.ts compares.

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

const clock = () => {
  const how: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone, ...how })
  } catch {
    // An unknown zone name must not take the page down: the browser's own zone is used.
    return new Intl.DateTimeFormat('en-CA', how)
  }
}

/** Day and time as the company's clocks showed them, or nothing if that is no moment. */
const local = (iso: string): [day: string, time: string] | null => {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return null
  const year = at.getUTCFullYear()
  // China has one time and has not moved its clocks since 1991.
  if (zone === 'Asia/Shanghai' && year > 1991 && year < 9999) {
    const shifted = new Date(at.getTime() + 8 * 3_600_000).toISOString()
    return [shifted.slice(0, 10), shifted.slice(11, 16)]
  }
  const format = once(`at ${zone}`, clock)
  const p = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]))
  return [`${p.year}-${p.month}-${p.day}`, `${p.hour}:${p.minute}`]
}

/** 2026-03-05. A plain date stays as it is: it belongs to no zone. */
export function day(iso: string | null | undefined): string {
  if (!iso) return '—'
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso
  return local(iso)?.[0] ?? iso
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
  return local(iso)?.join(' ') ?? iso
}

const DAY = 86_400_000
const steps: [size: number, zh: string, en: string][] = [
  [DAY, '天', 'day'],
  [3_600_000, '小时', 'hour'],
  [60_000, '分钟', 'minute'],
]

/** “3 小时前”, with the space that Chinese has around figures everywhere else; older than a month it is the date. */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return '—'
  const past = now - new Date(iso).getTime()
  if (Number.isNaN(past)) return iso
  if (past > 30 * DAY || past < -DAY) return day(iso)
  const chinese = spoken().startsWith('zh')
  for (const [size, zh, en] of steps) {
    if (past < size) continue
    const n = Math.floor(past / size)
    if (size === DAY && n === 1) return chinese ? '昨天' : 'yesterday'
    if (size === DAY && n === 2 && chinese) return '前天'
    return chinese ? `${n} ${zh}前` : `${n} ${en}${n === 1 ? '' : 's'} ago`
  }
  return chinese ? '刚刚' : 'just now'
}

export const daysBetween = (from: string, until: string) =>
  Math.round((new Date(until).getTime() - new Date(from).getTime()) / 86_400_000)

export function bytes(size: number | null | undefined): string {
  if (size == null) return '—'
  if (size < 1024) return `${size} B`
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} KB`
  return `${(size / 1024 / 1024).toFixed(1)} MB`
}

export function number(value: number | null | undefined, digits = 0): string {
  if (value == null) return '—'
  // No thousands to be parted and nothing to be rounded.
  if (Number.isInteger(value) && value >= 0 && value < 1000) return String(value)
  return once(`number ${spoken()} ${digits}`, () => new Intl.NumberFormat(spoken(), { maximumFractionDigits: digits })).format(value)
}

export const percent = (share: number) => `${Math.round(share * 100)}%`

/** A long hash in groups of four, easier to compare by eye. */
export const grouped = (hex: string) => hex.replace(/(.{4})(?=.)/g, '$1 ')
