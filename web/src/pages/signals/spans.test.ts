import { describe, expect, it } from 'vitest'
import type { Hit } from '../../api/types.ts'
import { pieces } from './spans.ts'

const hit = (start: number, end: number): Hit => ({ word: 'w', category: 'c', severity: 'high', step: 'exact', start, end, alerting: true, strong: true })

describe('pieces', () => {
  it('counts code points, so an emoji before a hit does not shift it', () => {
    expect(pieces('😀给你返点吧', [hit(3, 5)]).map((p) => p.text)).toEqual(['😀给你', '返点', '吧'])
  })
  it('draws overlapping hits once', () => {
    expect(pieces('私下转账给我', [hit(0, 4), hit(2, 4)]).map((p) => p.text)).toEqual(['私下转账', '给我'])
  })
  it('gives the whole text back', () => {
    const text = '甲🈶乙丙'
    expect(pieces(text, [hit(1, 2)]).map((p) => p.text).join('')).toBe(text)
    expect(pieces(text, [])).toEqual([{ text, hit: null }])
  })
})
