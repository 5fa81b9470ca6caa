// Two languages, Chinese first. English is fetched only when it is asked for.
// texts.test.ts holds that both have the same keys and that every key used in the source exists.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { setRequestLanguage } from '../api/http.ts'
import { zh } from './zh/index.ts'

export type Language = 'zh-CN' | 'en'
const KEPT = 'probity.language'

export const chosenLanguage = (): Language => {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'en' || kept === 'zh-CN') return kept
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) || !navigator.language ? 'zh-CN' : 'en'
}

const load = async (language: Language) => {
  if (language === 'en' && !i18next.hasResourceBundle('en', 'translation')) {
    const { en } = await import('./en/index.ts')
    i18next.addResourceBundle('en', 'translation', en)
  }
}

const apply = (language: Language) => {
  document.documentElement.lang = language
  setRequestLanguage(language)
}

export async function startLanguage() {
  const language = chosenLanguage()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await load(language)
  apply(language)
  if (language === 'en') await i18next.changeLanguage('en')
}

export async function changeLanguage(language: Language) {
  await load(language)
  localStorage.setItem(KEPT, language)
  apply(language)
  await i18next.changeLanguage(language)
}
