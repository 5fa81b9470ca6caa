// Alerts in lines, where a table would be too much.
import { Link } from 'react-router'
import type { Alert } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { minute } from '../../ui/format.ts'
import { SeverityMark, StatusMark } from './marks.tsx'

export function AlertLines({ alerts }: { alerts: Alert[] }) {
  const { label } = useSay()
  return (
    <ul className="others">
      {alerts.map((a) => (
        <li key={a.id}>
          <SeverityMark severity={a.severity} />
          <Link to={`/alerts/${a.id}`}>{a.title}</Link>
          <span className="quiet">{label('rule', a.rule)}</span>
          <span className="quiet">{minute(a.raised_at)}</span>
          <StatusMark alert={a} />
        </li>
      ))}
    </ul>
  )
}
