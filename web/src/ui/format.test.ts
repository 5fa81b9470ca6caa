// The company's day is not the browser's, nor Greenwich's.
import { afterEach, expect, test, vi } from 'vitest'
import { setTimeZone, today } from './format.ts'

afterEach(() => vi.useRealTimers())

test('in the morning of Shanghai it is not yesterday', () => {
  vi.useFakeTimers({ now: new Date('2026-03-05T17:30:00Z') })
  setTimeZone('Asia/Shanghai')
  expect(today()).toBe('2026-03-06')
  setTimeZone('America/New_York')
  expect(today()).toBe('2026-03-05')
})
