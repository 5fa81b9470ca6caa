import { expect, test } from 'vitest'
import { fieldsOf, textOf } from './fields.ts'

test('fields are written as lines and read back', () => {
  const fields = [
    { id: 'basic', name: { zh: '基本资料（联系人、电话）', en: 'Basics: contacts, phones' }, required: true },
    { id: 'note', name: { zh: '说明', en: 'Note' }, required: false },
  ]
  expect(fieldsOf(textOf(fields))).toEqual(fields)
  expect(fieldsOf('\n state 情况 *\n')).toEqual([{ id: 'state', name: { zh: '情况', en: '情况' }, required: true }])
})
