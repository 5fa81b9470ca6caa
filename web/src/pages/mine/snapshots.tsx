// The way to the own contact snapshots: what was noted with a work account is read and acknowledged there, also later.
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Card, Mark } from '../../ui/page.tsx'

export function MySnapshots({ number }: { number: string }) {
  const { t, label } = useSay()
  const list = useQuery({ queryKey: ['snapshots', number], queryFn: () => api.snapshots.list(number) })
  const all = list.data?.items ?? []
  if (!all.length) return null
  const waiting = all.filter((s) => !s.acknowledged_at).length
  return (
    <Card
      title={t('snapshots.mine')}
      note={t('snapshots.mineNote')}
      extra={waiting ? <Mark tone="medium">{t('snapshots.mineWaiting', { count: waiting })}</Mark> : <Mark tone="good">{t('snapshots.mineSigned')}</Mark>}
    >
      <ul className="others">
        {all.map((s) => (
          <li key={s.id}>
            <Mark tone={s.acknowledged_at ? 'good' : 'medium'}>{label('occasion', s.when)}</Mark>
            <b>
              {label('accountKind', s.account.system)} {s.account.account}
            </b>
            <span className="quiet">
              {day(s.taken_at)} · {t('snapshots.customers', { count: s.customers })}
            </span>
          </li>
        ))}
      </ul>
      <p className="more">
        <Link to={`/snapshots/${encodeURIComponent(number)}`}>{t('snapshots.mineOpen')}</Link>
      </p>
    </Card>
  )
}
