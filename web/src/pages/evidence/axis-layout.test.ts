import { describe, expect, it } from 'vitest'
import type { ChainStep } from '../../api/types.ts'
import { cut, layOut, MIN_STEP } from './axis-layout.ts'

const step = (record: string, role: ChainStep['role'], at: string, links: string[] = []): ChainStep => ({
  record,
  title: '',
  source: '/crm/main',
  role,
  at,
  kind: 'message.sent',
  why: '',
  confidence: 0.9,
  links: links.map((to) => ({ to, why: 'same customer', confidence: 0.8 })),
})
const dayOf = (iso: string) => iso.slice(0, 10)

describe('layOut', () => {
  it('draws steps of one role on one day as one bubble', () => {
    const l = layOut([step('a', 'said', '2026-02-03T01:00:00Z'), step('b', 'said', '2026-02-03T02:00:00Z')], dayOf, 800)
    expect(l.bubbles).toHaveLength(1)
    expect(l.bubbles[0]?.steps.map((s) => s.record)).toEqual(['a', 'b'])
  })
  it('keeps time order and a readable distance, however far apart', () => {
    const l = layOut(
      [
        step('p', 'paid', '2026-02-22T00:00:00Z'),
        step('c', 'could', '2021-03-02T00:00:00Z'),
        step('s', 'said', '2026-02-03T00:00:00Z'),
        step('d', 'did', '2026-02-04T00:00:00Z'),
      ],
      dayOf,
      900,
    )
    expect(l.bubbles.map((b) => b.role)).toEqual(['could', 'said', 'did', 'paid'])
    for (let i = 1; i < l.columns.length; i++) {
      expect((l.columns[i]?.x ?? 0) - (l.columns[i - 1]?.x ?? 0)).toBeGreaterThanOrEqual(MIN_STEP)
    }
    expect(l.columns.at(-1)?.x).toBeCloseTo(900)
  })
  it('names the roles that have no record', () => {
    expect(layOut([step('s', 'said', '2026-02-03T00:00:00Z')], dayOf, 500).missing).toEqual(['could', 'did', 'paid'])
  })
  it('draws a link once, from the earlier to the later, and ignores one that leads nowhere', () => {
    const l = layOut(
      [step('d', 'did', '2026-02-09T00:00:00Z', ['s', 'gone']), step('s', 'said', '2026-02-03T00:00:00Z', ['d'])],
      dayOf,
      500,
    )
    expect(l.lines.map((x) => [x.from.role, x.to.role])).toEqual([['said', 'did']])
  })
})

describe('cut', () => {
  it('shortens by width, not by letters', () => {
    expect(cut('金额等于订单的百分之十', 72, 12)).toBe('金额等于订…')
    expect(cut('ten', 72, 12)).toBe('ten')
  })
})
