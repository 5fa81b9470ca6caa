// Where a refusal that comes from leaving can be objected to: the page that has the form, not only the words.
import { Link } from 'react-router'
import type { Problem } from '../api/http.ts'
import { useSay } from '../i18n/say.ts'

export function WayOn({ problem }: { problem: Problem | null }) {
  const { t } = useSay()
  const code = problem?.body.code ?? ''
  if (code.startsWith('frozen'))
    return (
      <p>
        <Link to="/mine?ask=objection">{t('common.objectToFreeze')}</Link>
      </p>
    )
  if (code === 'restricted')
    return (
      <p>
        <Link to="/my-access">{t('common.appealLimit')}</Link>
      </p>
    )
  return null
}
