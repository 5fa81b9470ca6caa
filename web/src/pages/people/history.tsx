// Departments, titles and superiors of one person on a line of time, now or as they were known on another day.
import { useState } from 'react'
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { PostSpan } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Day } from '../../ui/day.tsx'
import { day, dayBefore } from '../../ui/format.ts'
import { Await, Empty, Mark } from '../../ui/page.tsx'
import { Spans } from '../../ui/spans.tsx'

export function PostLine({ posts, linked }: { posts: PostSpan[]; linked: boolean }) {
  const { t } = useSay()
  const held = posts.filter((p) => p.employed)
  if (!held.length) return <Empty title={t('life.noPosts')} />
  return (
    <Spans
      spans={[...held].reverse().map((p) => ({
        key: p.record,
        name: (
          <>
            {[p.department, p.title, p.grade].filter(Boolean).join(' · ') || t('life.unknownPost')}
            {p.manager ? (
              <span className="quiet">
                {' '}
                <span className="nowrap">
                  {t('people.manager')} {linked ? <Link to={`/employees/${encodeURIComponent(p.manager)}`}>{p.manager_name ?? p.manager}</Link> : (p.manager_name ?? p.manager)}
                </span>
              </span>
            ) : null}
          </>
        ),
        from: p.from,
        until: p.until,
        last: p.until ? dayBefore(p.until) : undefined,
        note: `${t(`life.what.${p.what}`)} · ${t('life.knownSince', { date: day(p.known_at) })}`,
      }))}
    />
  )
}

export function Posts({ number }: { number: string }) {
  const { t } = useSay()
  const [known, setKnown] = useState('')
  const asOf = known ? `${known}T23:59:59Z` : undefined
  const history = useQuery({ queryKey: ['history', number, asOf], queryFn: () => api.life.history(number, asOf) })
  return (
    <>
      <div className="row clocks">
        <label>
          {t('life.asKnown')} <Day width={150} value={known} onChange={(day) => setKnown(day ?? '')} />
        </label>
      </div>
      <Await query={history} rows={3}>
        {(h) => (
          <>
            {h.leaving ? (
              <p>
                <Mark tone="medium">{t('life.leaving', { date: h.leaving.submitted_on, last: h.leaving.last_day })}</Mark>
              </p>
            ) : null}
            <PostLine posts={h.posts} linked />
          </>
        )}
      </Await>
    </>
  )
}
