import { describe, expect, it } from 'vitest'
import { lacking, targets } from './fields.ts'

describe('mapping of columns', () => {
  it('offers the envelope first, then the fields of the kind', () => {
    expect(targets('interest.declared')).toEqual(['time', 'id', 'data.employee', 'data.company', 'data.relation'])
    expect(targets(null)).toEqual(['time', 'id'])
  })
  it('names needed fields without a column', () => {
    expect(lacking('interest.declared', { 公司: 'data.company' })).toEqual(['employee', 'relation'])
    expect(lacking('interest.declared', { 公司: 'data.company', 工号: 'data.employee', 关系: 'data.relation' })).toEqual([])
  })
})
