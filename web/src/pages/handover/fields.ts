// The fields of an item as lines a person can type: `state 情况 | State *`.
export interface Field {
  id: string
  name: { zh: string; en: string }
  required?: boolean
}

export const textOf = (fields: Field[]) => fields.map((f) => `${f.id} ${f.name.zh} | ${f.name.en}${f.required ? ' *' : ''}`).join('\n')

export function fieldsOf(text: string): Field[] {
  const lines = text.split('\n').map((l) => l.trim())
  return lines.filter(Boolean).map((line) => {
    const required = line.endsWith('*')
    const plain = required ? line.slice(0, -1).trim() : line
    const [id = '', ...rest] = plain.split(/\s+/)
    const [zh = '', en = ''] = rest.join(' ').split('|')
    return { id, name: { zh: zh.trim(), en: en.trim() || zh.trim() }, required }
  })
}
