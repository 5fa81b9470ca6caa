import { describe, expect, it } from 'vitest'
import { byLack, splitArticle } from './lacks.ts'

describe('what a case lacks', () => {
  it('says each lack once, the commonest first', () => {
    const records = [
      { id: 'a', missing: ['stamp', 'original'] },
      { id: 'b', missing: ['original'] },
      { id: 'c', missing: [] },
    ]
    expect(byLack(records).map((l) => [l.text, l.records.map((r) => r.id)])).toEqual([
      ['original', ['a', 'b']],
      ['stamp', ['a']],
    ])
  })
  it('takes the article from the end and leaves other brackets', () => {
    expect(splitArticle('未见自愿提供流水的签字声明（民法典第1033条）')).toEqual({ said: '未见自愿提供流水的签字声明', article: '民法典第1033条' })
    expect(splitArticle('no notice is registered for the source (PIPL 17)')).toEqual({ said: 'no notice is registered for the source', article: 'PIPL 17' })
    expect(splitArticle('事后补录（超过7天），采集前是否完整需另行说明')).toEqual({ said: '事后补录（超过7天），采集前是否完整需另行说明', article: null })
  })
})
