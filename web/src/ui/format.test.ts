// The company's day is not the browser's, nor Greenwich's.
import { afterEach, expect, test, vi } from 'vitest'
import { ago, minute, number, setTimeZone, today } from './format.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('in the morning of Shanghai it is not yesterday', () => {
  vi.useFakeTimers({ now: new Date('2026-03-05T17:30:00Z') })
  setTimeZone('Asia/Shanghai')
  expect(today()).toBe('2026-03-06')
  setTimeZone('America/New_York')
  expect(today()).toBe('2026-03-05')
})

test('days in China are those of the calendar that the browser has', () => {
  setTimeZone('Asia/Shanghai')
  const calendar = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' })
  for (let at = Date.UTC(1985, 0); at < Date.UTC(2040, 0); at += 37 * 3_600_000 + 61_000) {
    expect(minute(new Date(at).toISOString())).toBe(calendar.format(at))
  }
})

test('how long ago and how many are said as the browser says them', () => {
  for (const lang of ['zh-CN', 'en']) {
    vi.stubGlobal('document', { documentElement: { lang } })
    const words = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
    const past = { day: [86_400_000, 30], hour: [3_600_000, 23], minute: [60_000, 59] } as const
    for (const [unit, [size, most]] of Object.entries(past)) {
      for (let n = 1; n <= most; n++) {
        const said = words.format(-n, unit as Intl.RelativeTimeFormatUnit).replace(/(\d)(\p{Script=Han})/u, '$1 $2')
        expect(ago(new Date(0).toISOString(), n * size)).toBe(said)
      }
    }
    for (const digits of [0, 1, 2]) {
      const figures = new Intl.NumberFormat(lang, { maximumFractionDigits: digits })
      for (const n of [0, 0.05, 0.25, 1, 1.45, 2.5, 3.14159, 12.345, 99.95, 999.4, 999.96, 1000, 12345.6, -2.5, -0.3]) {
        expect(number(n, digits)).toBe(figures.format(n))
      }
    }
  }
})
