// A colleague's name: a way to the file for those who may open files, plain text for all others.
import { Link } from 'react-router'
import { useMay } from '../../session.tsx'

export function PersonLink({ number, name }: { number: string; name?: string | null }) {
  const shown = name || number
  return useMay()('people.see@team') ? <Link to={`/employees/${encodeURIComponent(number)}`}>{shown}</Link> : <>{shown}</>
}
