// An address that leads nowhere, or that this person may not see: both look the same.
import { Link } from 'react-router'
import { useSay } from '../i18n/say.ts'
import { Card, Empty, Page } from './page.tsx'

export default function Missing() {
  const { t } = useSay()
  return (
    <Page title={t('common.notFoundTitle')}>
      <Card flush>
        <Empty title={t('common.notFound')} action={<Link to="/">{t('common.home')}</Link>}>
          <p>{t('common.notFoundHint')}</p>
        </Empty>
      </Card>
    </Page>
  )
}
