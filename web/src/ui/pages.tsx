// A list that comes in pages: rows so far, and a button for more.
import { Button } from 'antd'
import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api/types.ts'
import { useSay } from '../i18n/say.ts'
import { FormProblem } from './act.tsx'
import { Failed, Loading } from './page.tsx'

export function usePages<T>(queryKey: QueryKey, fetch: (cursor: string | undefined) => Promise<Page<T>>, enabled = true) {
  return useInfiniteQuery({
    queryKey,
    enabled,
    queryFn: ({ pageParam }) => fetch(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
}

export function Paged<T>({
  query,
  children,
}: {
  query: ReturnType<typeof usePages<T>>
  children: (rows: T[]) => ReactNode
}) {
  const { t } = useSay()
  if (!query.data) {
    return query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Loading rows={8} />
  }
  return (
    <>
      {children(query.data.pages.flatMap((p) => p.items))}
      {query.hasNextPage ? (
        <div className="more">
          {query.isFetchNextPageError ? <FormProblem error={query.error} /> : null}
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      ) : null}
    </>
  )
}
