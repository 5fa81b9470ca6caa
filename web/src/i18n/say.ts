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
  /** Who did it: what the system does by itself bears the product's name. */
  const actor = (name: string | null | undefined) => (name === 'Probity' ? t('common.product') : (name ?? '—'))
  return { t, en, label, actor }
}
export type Say = ReturnType<typeof useSay>
