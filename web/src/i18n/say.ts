// Words for the values that the API sends as codes. An unknown code is shown as it came.
import { useTranslation } from 'react-i18next'

export function useSay() {
  const { t, i18n } = useTranslation()
  const en = i18n.language.startsWith('en')
  const label = (group: string, code: string | null | undefined, none = '—', known?: string | null) => {
    if (!code) return none
    const key = `${group}.${code.replaceAll('.', '_')}`
    return i18n.exists(key) ? t(key) : (known ?? code)
  }
  return { t, en, label }
}
export type Say = ReturnType<typeof useSay>
