// Employees to choose from, by a part of the name; those who are leaving are left out where they cannot receive.
import { api } from '../../api/index.ts'
import type { Choice } from '../../ui/pick.tsx'

const choices = async (text: string, status?: string): Promise<Choice[]> => {
  const page = await api.employees.list({ q: text || undefined, status, limit: 30 })
  return page.items.map((e) => ({ value: e.number, label: `${e.name || e.number}${e.department ? ` · ${e.department}` : ''} · ${e.number}` }))
}

export const findEmployees = (text: string) => choices(text)
export const findReceivers = (text: string) => choices(text, 'active')
