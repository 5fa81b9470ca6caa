// Alerts in lines, where a table would be too much.
import { Link } from 'react-router'
import type { Alert } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day, minute } from '../../ui/format.ts'
import { SeverityMark, StatusMark } from './marks.tsx'

export function AlertLines({ alerts, withPerson = false }: { alerts: Alert[]; withPerson?: boolean }) {
  const { label } = useSay()
  return (
    <ul className="alert-lines">
      {alerts.map((a) => (
        <li key={a.id}>
          <SeverityMark severity={a.severity} />
          <div>
            <Link className="cell-main" to={`/alerts/${a.id}`}>
              {a.title}
            </Link>
            <div className="cell-sub">
              {[withPerson ? (a.employee_name ?? a.employee) : null, withPerson ? a.department : null, label('rule', a.rule)]
                .filter(Boolean)
                .join(' · ')}
            </div>
          </div>
          <time className="quiet nowrap" dateTime={a.happened_at} title={minute(a.happened_at)}>
            {day(a.happened_at)}
          </time>
          <StatusMark alert={a} />
        </li>
      ))}
    </ul>
  )
}
