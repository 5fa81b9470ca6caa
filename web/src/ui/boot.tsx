// The empty frame, as index.html shows it from the first moment, until it is known what stands in it.
import { useSay } from '../i18n/say.ts'
import { Logo } from './logo.tsx'

export function Boot() {
  const { t } = useSay()
  return (
    <div className="boot" role="status" aria-label={t('common.loading')}>
      <div className="boot-rail">
        <Logo />
        <b>守正</b>
      </div>
      <div className="boot-page">
        <i />
        <i />
        <i />
      </div>
    </div>
  )
}
