// Words for the values that the API sends as codes. An unknown code is shown as it came.
import { useSyncExternalStore } from 'react'
import i18next, { type TFunction, type TOptions } from 'i18next'

function speak() {
  const language = i18next.language
  const find = i18next.getFixedT(language)
  const written = (key: string) => {
    const text: unknown = i18next.getResource(language, 'translation', key)
    return typeof text === 'string' ? text : undefined
  }
  // A page says a hundred texts, nearly all without a blank in them: those need not go the library's whole way.
  const t = ((key: string, how?: TOptions) => {
    const text = how ? undefined : written(key)
    return text === undefined || text.includes('{{') ? find(key, how) : text
  }) as TFunction
  const en = language.startsWith('en')
  const label = (group: string, code: string | null | undefined, none = '—', known?: string | null) => {
    if (!code) return none
    return written(`${group}.${code.replaceAll('.', '_')}`) ?? known ?? code
  }
  /** Who did it: what the system does by itself bears the product's name. */
  const actor = (name: string | null | undefined) => (name === 'Probity' ? t('common.product') : (name ?? '—'))
  return { t, en, label, actor }
}
export type Say = ReturnType<typeof speak>

// One for all that is drawn, until another language is chosen: a list says some hundred words.
let spoken: Say | null = null
const listeners = new Set<() => void>()
i18next.on('languageChanged', () => {
  spoken = null
  listeners.forEach((l) => l())
})
const watch = (changed: () => void) => {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

export const useSay = () => useSyncExternalStore(watch, () => (spoken ??= speak()))
