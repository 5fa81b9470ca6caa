// Filters kept in the address, so that a view can be kept, shared and returned to.
import { useSearchParams } from 'react-router'

export function useFilters() {
  const [search, setSearch] = useSearchParams()
  return {
    get: (key: string) => search.get(key) ?? undefined,
    any: search.size > 0,
    clear: () => setSearch({}, { replace: true }),
    set: (changes: Record<string, string | undefined>) => {
      const next = new URLSearchParams(search)
      for (const [key, value] of Object.entries(changes)) {
        if (value) next.set(key, value)
        else next.delete(key)
      }
      setSearch(next, { replace: true })
    },
  }
}
