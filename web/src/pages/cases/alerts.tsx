// The alerts a case was opened on.
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Await } from '../../ui/page.tsx'
import { SeverityMark } from '../alerts/marks.tsx'

export function CaseAlerts({ data }: { data: CaseDetail }) {
  const { t } = useSay()
  const held = new Set(data.alerts)
  const alerts = useQuery({
    queryKey: ['alerts', 'of', data.employee],
    queryFn: () => api.alerts.list({ employee: data.employee, limit: 500 }),
    enabled: held.size > 0,
  })
  if (held.size === 0) return <p className="quiet">{t('cases.noAlerts')}</p>
  return (
    <Await query={alerts} rows={2}>
      {(p) => (
        <ul className="others">
          {p.items
            .filter((a) => held.has(a.id))
            .map((a) => (
              <li key={a.id}>
                <SeverityMark severity={a.severity} /> <Link to={`/alerts/${a.id}`}>{a.title}</Link>
              </li>
            ))}
        </ul>
      )}
    </Await>
  )
}
