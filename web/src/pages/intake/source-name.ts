// What a source is called, for those who may see the sources; its id for everyone else.
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'

export function useSourceName() {
  const { t } = useSay()
  const may = useMay()
  const sources = useQuery({ queryKey: ['sources'], queryFn: api.sources.list, staleTime: 600_000, enabled: may('sources.see') })
  const names = new Map(sources.data?.items.map((s) => [s.source, s.name]))
  return (source: string) => (source.startsWith('/probity/') ? t('common.product') : names.get(source) || source)
}
