// Every call of the page is one that the server's document has, with the same method.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const document = join(import.meta.dirname, '../../../docs/openapi.json')
const source = readFileSync(join(import.meta.dirname, 'index.ts'), 'utf8')

/** `get<T>(`${v1}/alerts/${seg(id)}`)` → GET /api/v1/alerts/{} */
const calls = [...source.matchAll(/\b(get|post|put|patch|del)(?:<[^(]*>)?\(\s*`\$\{v1\}([^`]*)`/g)].map(
  ([, method = '', path = '']) =>
    `${method === 'del' ? 'DELETE' : method.toUpperCase()} /api/v1${path.replace(/\$\{[^}]*\}/g, '{}')}`,
)

describe('contract', () => {
  it('finds the calls', () => {
    expect(calls.length).toBeGreaterThan(40)
    expect(calls).toContain('GET /api/v1/alerts/{}')
  })

  it.skipIf(!existsSync(document))('has each of them in docs/openapi.json', () => {
    const { paths } = JSON.parse(readFileSync(document, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
    const offered = new Set(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((m) => `${m.toUpperCase()} ${path.replace(/\{[^}]*\}/g, '{}')}`),
      ),
    )
    expect([...new Set(calls)].filter((c) => !offered.has(c))).toEqual([])
  })
})
