// Amounts as people read them: ¥68,000.00. The digits stay those of the decimal text; nothing is counted here.
const made = new Map<string, Intl.NumberFormat>()

export function money(sum: { amount: string; currency: string } | null | undefined, language = document.documentElement.lang || 'zh-CN'): string {
  if (!sum) return '—'
  if (!/^-?\d+(\.\d+)?$/.test(sum.amount)) return `${sum.amount} ${sum.currency}`
  const key = `${language} ${sum.currency}`
  try {
    const format = made.get(key) ?? new Intl.NumberFormat(language, { style: 'currency', currency: sum.currency })
    made.set(key, format)
    return format.format(sum.amount as `${number}`)
  } catch {
    // A currency that no browser knows is shown as it came.
    return `${sum.amount} ${sum.currency}`
  }
}
