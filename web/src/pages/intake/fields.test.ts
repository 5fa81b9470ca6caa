import { describe, expect, it } from 'vitest'
import { lacking, remapped, targets } from './fields.ts'

describe('mapping of columns', () => {
  it('offers the envelope first, then the fields of the kind', () => {
    expect(targets('interest.declared')).toEqual(['time', 'id', 'data.employee', 'data.company', 'data.relation'])
    expect(targets(null)).toEqual(['time', 'id'])
  })
  it('names needed fields without a column', () => {
    expect(lacking('interest.declared', { 公司: 'data.company' })).toEqual(['employee', 'relation'])
    expect(lacking('interest.declared', { 公司: 'data.company', 工号: 'data.employee', 关系: 'data.relation' })).toEqual([])
  })
  it('keeps what still fits a new kind and finds columns by name', () => {
    const names: Record<string, string> = { customer: '客户', name: '名称', tier: '等级', since: '建档日期' }
    const nameOf = (f: string) => names[f] ?? f
    expect(
      remapped('customer.upserted', ['客户编号', '客户名称', '等级', '建档日期'], { 客户编号: 'data.customer', 等级: 'data.topic' }, nameOf),
    ).toEqual({ 客户编号: 'data.customer', 客户名称: 'data.name', 等级: 'data.tier', 建档日期: 'data.since' })
  })
})
