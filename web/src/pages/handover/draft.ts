// A process while it is edited: every row has a key of its own, so that a box stays with its row when one above it goes,
// and the ids that only machines read are made here.
import type { Process, ProcessItem, ProcessNode } from '../../api/types.ts'

type Field = NonNullable<ProcessItem['fields']>[number]
export type FieldDraft = Field & { key: string }
export type ItemDraft = Omit<ProcessItem, 'fields'> & { key: string; fields: FieldDraft[] }
export type NodeDraft = Omit<ProcessNode, 'what'> & { key: string; what: ItemDraft[] }
export interface ProcessDraft {
  name: Process['name']
  nodes: NodeDraft[]
}

let last = 0
const key = () => `row${++last}`

/** `node3`: the first that is not taken. */
export function freeId(stem: string, taken: { id: string }[]): string {
  const ids = new Set(taken.map((x) => x.id))
  let n = taken.length + 1
  while (ids.has(`${stem}${n}`)) n += 1
  return `${stem}${n}`
}

export const drafted = (process: Process): ProcessDraft => ({
  name: process.name,
  nodes: process.nodes.map((node) => ({
    ...node,
    key: key(),
    what: node.what.map((item) => ({ ...item, key: key(), fields: (item.fields ?? []).map((field) => ({ ...field, key: key() })) })),
  })),
})

const without = <T extends { key: string }>({ key: _, ...rest }: T): Omit<T, 'key'> => rest

/** As the server takes it: a name given in one language stands for both. */
export function finished(draft: ProcessDraft): Process {
  const both = (name: Process['name']) => ({ zh: name.zh.trim() || name.en.trim(), en: name.en.trim() || name.zh.trim() })
  return {
    name: draft.name,
    nodes: draft.nodes.map((node) => ({
      ...without(node),
      name: both(node.name),
      what: node.what.map((item) => ({
        ...without(item),
        name: both(item.name),
        fields: item.fields.map((field) => ({ ...without(field), name: both(field.name) })),
      })),
    })),
  }
}

export const newField = (all: FieldDraft[]): FieldDraft => ({ key: key(), id: freeId('field', all), name: { zh: '', en: '' }, required: false })

/** `all` of the process: the server wants each id once in it. */
export const newItem = (all: ItemDraft[]): ItemDraft => ({
  key: key(),
  id: freeId('item', all),
  group: 'other',
  name: { zh: '', en: '' },
  per: 'once',
  must_upload: false,
  fields: [],
})

export const newNode = (all: NodeDraft[]): NodeDraft => ({
  key: key(),
  id: freeId('node', all),
  name: { zh: '', en: '' },
  who: 'hr',
  after: [],
  what: [],
  reviewers: ['manager'],
  days: 7,
  reminders: [3, 0],
  signs_off: false,
})

/** The row is gone, and nothing waits for it any more. */
export const withoutNode = (all: NodeDraft[], gone: NodeDraft): NodeDraft[] =>
  all.filter((n) => n.key !== gone.key).map((n) => ({ ...n, after: (n.after ?? []).filter((id) => id !== gone.id) }))
