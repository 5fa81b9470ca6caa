// Shown when a page itself fails: say so, and offer a way on.
import { useRouteError } from 'react-router'
import { Button } from 'antd'
import { useSay } from '../i18n/say.ts'
import { Empty } from './page.tsx'

export function Broken() {
  const error = useRouteError()
  const { t } = useSay()
  // After an upgrade the old page's files are gone from the server; loading afresh mends it.
  const stale = error instanceof TypeError && /import|fetch/i.test(error.message)
  return (
    <div role="alert">
      <Empty
        title={stale ? t('common.upgraded') : t('common.broken')}
        action={<Button onClick={() => window.location.reload()}>{t('common.reload')}</Button>}
      >
        <p>{stale ? t('common.upgradedHint') : error instanceof Error ? error.message : null}</p>
      </Empty>
    </div>
  )
}
