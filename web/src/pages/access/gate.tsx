// The two halves of every page before sign-in: what the product promises, and one box.
import type { ReactNode } from 'react'
import { changeLanguage } from '../../i18n/index.ts'
import { useSay } from '../../i18n/say.ts'
import { Logo } from '../../ui/logo.tsx'
import './sign-in.css'

export function Gate({ children }: { children: ReactNode }) {
  const { t, en } = useSay()
  return (
    <div className="gate">
      <header>
        <Logo size={44} />
        <h1>
          守正<span>Probity</span>
        </h1>
        <p>{t('signIn.promise')}</p>
        <ul>
          <li>{t('signIn.point1')}</li>
          <li>{t('signIn.point2')}</li>
          <li>{t('signIn.point3')}</li>
        </ul>
        <button type="button" className="language" lang={en ? 'zh-CN' : 'en'} onClick={() => void changeLanguage(en ? 'zh-CN' : 'en')}>
          {en ? '中文' : 'English'}
        </button>
      </header>
      <main>
        <div className="gate-box">{children}</div>
      </main>
    </div>
  )
}
