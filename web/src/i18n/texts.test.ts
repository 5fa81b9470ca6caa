// Both languages say the same things, and nothing is said that is not written down.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { far as enFar } from './en/far.ts'
import { near as enNear } from './en/near.ts'
import { far as zhFar } from './zh/far.ts'
import { near as zhNear } from './zh/near.ts'

type Tree = { [key: string]: string | Tree }

const flat = (tree: Tree, path = ''): Map<string, string> => {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const at = path ? `${path}.${key}` : key
    if (typeof value === 'string') all.set(at, value)
    else for (const [k, v] of flat(value, at)) all.set(k, v)
  }
  return all
}

const src = join(import.meta.dirname, '..')
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((f) => /\.tsx?$/.test(f) && !f.includes('.test.') && !/i18n[\\/](zh|en)[\\/]/.test(f))
  .map((f) => readFileSync(join(src, f), 'utf8'))

const zhKeys = flat({ ...zhNear, ...zhFar })
const enKeys = flat({ ...enNear, ...enFar })

describe('texts', () => {
  it('has the same keys in both languages', () => {
    expect([...enKeys.keys()].sort()).toEqual([...zhKeys.keys()].sort())
  })

  it('has a name for every exception of the shipped words', () => {
    const shipped = JSON.parse(readFileSync(join(src, '../../crates/lexicon/src/data/diversion.json'), 'utf8')) as { exceptions: { name: string }[] }
    expect(shipped.exceptions.length).toBeGreaterThan(20)
    expect(shipped.exceptions.filter((e) => !zhKeys.has(`exception.${e.name}`)).map((e) => e.name)).toEqual([])
  })

  it('fills the same blanks in both languages', () => {
    const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()
    for (const [key, text] of zhKeys) expect(blanks(enKeys.get(key) ?? ''), key).toEqual(blanks(text))
  })

  it('leaves no text empty and no Chinese in the English', () => {
    for (const [key, text] of [...zhKeys, ...enKeys]) expect(text.trim(), key).not.toBe('')
    const chinese = [...enKeys].filter(([, text]) => /\p{Script=Han}/u.test(text))
    expect(chinese).toEqual([])
  })

  it('has every key that the source uses', () => {
    const missing: string[] = []
    for (const text of sources) {
      for (const [, key = ''] of text.matchAll(/\bt\(\s*'([^']+)'/g)) if (!zhKeys.has(key)) missing.push(key)
      for (const [, prefix = ''] of text.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)) {
        if (![...zhKeys.keys()].some((k) => k.startsWith(prefix))) missing.push(`${prefix}*`)
      }
      for (const [, group = ''] of text.matchAll(/\blabel\(\s*'([^']+)'/g)) {
        if (![...zhKeys.keys()].some((k) => k.startsWith(`${group}.`))) missing.push(`${group}.*`)
      }
    }
    expect([...new Set(missing)].sort()).toEqual([])
  })

  it('has among the first texts all that the first screens say', () => {
    const map = join(src, 'rooms.ts')
    const isText = (file: string) => /i18n[\\/](zh|en)[\\/]/.test(file)
    const seen = new Set<string>()
    const visit = (file: string) => {
      if (seen.has(file) || isText(file)) return
      seen.add(file)
      // The map names every room; only those that say of themselves that the first texts do are followed.
      const imports = file === map ? /from '(\.[^']+)'/g : /(?:from|import\() ?'(\.[^']+\.tsx?)'/g
      for (const [, to = ''] of readFileSync(file, 'utf8').matchAll(imports)) visit(join(dirname(file), to))
    }
    visit(join(src, 'start.ts'))
    const near = [...readFileSync(map, 'utf8').matchAll(/nearRoom\('[^']+', \(\) => import\('([^']+)'/g)].map((m) => m[1] ?? '')
    expect(near.length).toBeGreaterThan(2)
    for (const file of near) visit(join(src, file))
    const nearKeys = flat(zhNear)
    const far = [...zhKeys.keys()].filter((k) => !nearKeys.has(k))
    const lacking = [...seen].flatMap((file) => {
      // What a page needs are permissions, some of which are named as texts are.
      const text = readFileSync(file, 'utf8').replace(/needs: \[[^\]]*\]/g, '')
      const named = [...text.matchAll(/'([A-Za-z]+(?:\.[A-Za-z_0-9]+)+)'/g)].map((m) => m[1] ?? '')
      const begun = [...text.matchAll(/`([A-Za-z]+(?:\.[A-Za-z_0-9]*)+)\$\{/g)].map((m) => m[1] ?? '')
      const groups = [...text.matchAll(/\blabel\(\s*'([^']+)'/g)].map((m) => `${m[1]}.`)
      return far.filter((k) => named.includes(k) || [...begun, ...groups].some((p) => k.startsWith(p))).map((k) => `${file.slice(src.length)}: ${k}`)
    })
    expect(lacking).toEqual([])
  })

  it('has no key that nothing uses', () => {
    const all = sources.join('\n')
    const named = new Set([...all.matchAll(/'([A-Za-z]+(?:\.[A-Za-z_0-9]+)+)'/g)].map((m) => m[1]))
    const begun = [...all.matchAll(/`([A-Za-z]+(?:\.[A-Za-z_0-9]*)+)\$\{/g)].map((m) => m[1] ?? '')
    const groups = [...all.matchAll(/\blabel\(\s*'([^']+)'/g)].map((m) => `${m[1]}.`)
    const unused = [...zhKeys.keys()].filter(
      (k) => !named.has(k) && !begun.some((p) => k.startsWith(p)) && !groups.some((g) => k.startsWith(g)),
    )
    expect(unused).toEqual([])
  })
})
