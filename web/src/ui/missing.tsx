import { Link } from 'react-router'
import { useSay } from '../i18n/say.ts'
import { Empty } from './page.tsx'

export default function Missing() {
  const { t } = useSay()
  return (
    <Empty title={t('common.notFound')}>
      <p>{t('common.notFoundHint')}</p>
      <p>
        <Link to="/">{t('common.home')}</Link>
      </p>
    </Empty>
  )
}
