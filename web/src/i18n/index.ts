// Two languages, Chinese first; load.ts fetches their texts. Which one is spoken stands in the document's `lang`.
// texts.test.ts holds that both have the same keys and that every key used in the source exists.
import i18next from 'i18next'
import { KEPT, loadTexts, type Language } from './load.ts'

/** The texts beyond the first, once a room has wanted them. */
let rest: Promise<void> | null = null

const take = async (language: Language) => {
  i18next.addResourceBundle(language, 'translation', await loadTexts(language))
}

/** The first texts, in the language that start.ts has chosen. */
export async function startLanguage(language: Language) {
  await i18next.init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await loadTexts(language, true) } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
}

/** Resolves when a room's texts are there. */
export async function textsFor(nearIsEnough = false) {
  if (nearIsEnough) return
  rest ??= take(i18next.language as Language)
  try {
    await rest
  } catch (error) {
    rest = null
    throw error
  }
}

export async function changeLanguage(language: Language) {
  // All of them: a room that needs more may be open, or be opened meanwhile.
  await take(language)
  rest = Promise.resolve()
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
