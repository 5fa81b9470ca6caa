// Grouping what the records of a case lack. Pure, tested alone.
import type { CaseRecord } from '../../api/types.ts'

export const GRADES = ['A', 'B', 'C', 'D'] as const
export const gradeTone = (grade: string): string | undefined => ({ A: 'good', B: 'low', C: 'medium', D: 'high' })[grade]

/** Each lack once, with the records that have it; what most records lack comes first. */
export function byLack<R extends Pick<CaseRecord, 'id' | 'missing'>>(records: R[]): { text: string; records: R[] }[] {
  const found = new Map<string, R[]>()
  for (const record of records) {
    for (const text of new Set(record.missing)) found.set(text, [...(found.get(text) ?? []), record])
  }
  return [...found].map(([text, of]) => ({ text, records: of })).sort((a, b) => b.records.length - a.records.length)
}

/** “…（个保法第17条）”: the sentence, and the article in the brackets at its end. */
export const splitArticle = (text: string) => {
  const cut = text.match(/^(.*?)\s*[（(]([^（）()]*(?:第\s*\d+\s*条|法|PIPL|LCL|Code|Rules|Law)[^（）()]*)[）)]\s*$/u)
  return cut ? { said: cut[1] ?? text, article: cut[2] ?? null } : { said: text, article: null }
}
