import { expect, test } from 'vitest'
import { money } from './money.ts'

test('an amount is grouped and named as the reader writes it', () => {
  expect(money({ amount: '68000.00', currency: 'CNY' }, 'zh-CN')).toBe('¥68,000.00')
  expect(money({ amount: '68000.00', currency: 'CNY' }, 'en')).toBe('CN¥68,000.00')
  expect(money({ amount: '-5', currency: 'CNY' }, 'zh-CN')).toBe('-¥5.00')
})

test('no digit is lost to a float', () => {
  expect(money({ amount: '90071992547409931.27', currency: 'CNY' }, 'zh-CN')).toBe('¥90,071,992,547,409,931.27')
})

test('what is no amount or no currency is shown as it came', () => {
  expect(money({ amount: '约五万', currency: 'CNY' }, 'zh-CN')).toBe('约五万 CNY')
  expect(money({ amount: '5.00', currency: '?' }, 'zh-CN')).toBe('5.00 ?')
  expect(money(null, 'zh-CN')).toBe('—')
})
