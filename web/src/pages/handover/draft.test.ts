import { expect, test } from 'vitest'
import { drafted, finished, freeId, newField, newItem, newNode, withoutNode } from './draft.ts'

const said = (zh: string, en = zh) => ({ zh, en })
const item = { id: 'item1', group: 'other', name: said('说明', 'Note'), per: 'once', must_upload: false, fields: [{ id: 'field1', name: said('情况', 'State'), required: true }] }
const node = { id: 'node1', name: said('提交', 'Submit'), who: 'leaver', after: [], what: [item], reviewers: ['manager'], days: 7, reminders: [3, 0], signs_off: false }
const process = { name: said('离职', 'Leaving'), nodes: [node, { ...node, id: 'node2', after: ['node1'] }] }

test('a process that nobody changed comes out as it went in', () => {
  expect(finished(drafted(process))).toEqual(process)
})

test('each row has a key of its own, also of rows that are alike', () => {
  const draft = drafted(process)
  const keys = draft.nodes.flatMap((n) => [n.key, ...n.what.flatMap((i) => [i.key, ...i.fields.map((f) => f.key)])])
  expect(new Set(keys).size).toBe(6)
})

test('an id is never given twice, also after one was removed', () => {
  expect(freeId('item', [{ id: 'item2' }])).toBe('item3')
  expect(freeId('item', [{ id: 'item2' }, { id: 'item3' }])).toBe('item4')
  const [first] = drafted(process).nodes
  const two = [...(first?.what ?? []), newItem(first?.what ?? [])]
  expect(two.map((i) => i.id)).toEqual(['item1', 'item2'])
  expect(newNode(drafted(process).nodes).id).toBe('node3')
  expect(newField([]).id).toBe('field1')
})

test('a name in one language stands for both', () => {
  const draft = drafted(process)
  const made = finished({ ...draft, nodes: draft.nodes.map((n) => ({ ...n, name: said(' 收尾 ', '') })) })
  expect(made.nodes[0]?.name).toEqual(said('收尾'))
})

test('what waited for a node that is gone waits no more', () => {
  const { nodes } = drafted(process)
  const left = withoutNode(nodes, nodes[0] ?? newNode(nodes))
  expect(left.map((n) => [n.id, n.after])).toEqual([['node2', []]])
})
