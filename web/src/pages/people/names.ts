// Names for employee numbers. Envelopes carry numbers only; the first five hundred people are fetched once.
// Someone beyond them, or a list this person may not see, is shown by number.
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useMay } from '../../session.tsx'

export function usePeople() {
  const may = useMay()
  return useQuery({
    queryKey: ['employees', 'names'],
    queryFn: () => api.employees.list({ limit: 500 }),
    staleTime: 600_000,
    enabled: may('people.see@team'),
  })
}

export function useEmployeeName() {
  const people = usePeople()
  const names = new Map(people.data?.items.map((e) => [e.number, e.name]))
  return (number: string) => names.get(number) || number
}
