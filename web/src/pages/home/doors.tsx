// Ways on from the first page, each with what is behind it.
import { Link } from 'react-router'
import { useSay } from '../../i18n/say.ts'
import './home.css'

export function Doors({ doors }: { doors: { to: string; key: string }[] }) {
  const { t } = useSay()
  return (
    <ul className="doors">
      {doors.map((d) => (
        <li key={d.to}>
          <Link to={d.to}>
            <b>{t(`nav.${d.key}`)}</b>
            <span>{t(`home.door.${d.key}`)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
