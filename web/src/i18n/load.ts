// Fetches texts: of the chosen language only, and of them first those that the first screens need (near.ts: the
// frame, signing in, the alert queue); the others (far.ts) with the first room that needs more.
// No library here: start.ts asks for texts before i18next is there; index.ts gives i18next what has come.

export type Language = 'zh-CN' | 'en'
type Texts = Record<string, unknown>
export const KEPT = 'probity.language'

export const chosenLanguage = (): Language => {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'en' || kept === 'zh-CN') return kept
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) || !navigator.language ? 'zh-CN' : 'en'
}

const files: Record<Language, { near: () => Promise<{ near: Texts }>; far: () => Promise<{ far: Texts }> }> = {
  'zh-CN': { near: () => import('./zh/near.ts'), far: () => import('./zh/far.ts') },
  en: { near: () => import('./en/near.ts'), far: () => import('./en/far.ts') },
}

export async function loadTexts(language: Language, nearIsEnough = false): Promise<Texts> {
  const { near, far } = files[language]
  if (nearIsEnough) return (await near()).near
  const [first, more] = await Promise.all([near(), far()])
  return { ...first.near, ...more.far }
}
