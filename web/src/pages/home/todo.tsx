// What waits for the one who looks, with the nearest day; nothing is shown where nothing waits.
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { TodoLine } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Card, Mark } from '../../ui/page.tsx'

export function Todo() {
  const { t } = useSay()
  const todo = useQuery({ queryKey: ['todo'], queryFn: api.mine.todo })
  const lines = todo.data?.items ?? []
  if (!lines.length) return null
  const what = (l: TodoLine) => t(`home.todo.${l.kind}`, { count: l.count })
  return (
    <div className="todo-card">
      <Card title={t('home.todo.title')}>
        <ul className="todo">
          {lines.map((l) => (
            <li key={`${l.kind} ${l.path}`}>
              <Link to={l.path}>{l.about ? t('home.todo.about', { name: l.about, what: what(l) }) : what(l)}</Link>
              {l.late ? <Mark tone="high">{t('home.todo.late', { count: l.late })}</Mark> : null}
              {l.due_on ? <span className="quiet">{t('home.todo.due', { day: day(l.due_on) })}</span> : null}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  )
}
