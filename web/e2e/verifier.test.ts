// The other side's lawyer: verifier.html opened from a file in a browser without network, and the story's package with
// a time stamp dropped on it; with and without the key, with a text withheld, and with one byte of each file changed.
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { after as afterAll, before as beforeAll, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { authority, type Authority } from './authority.ts'
import { browser } from './browser.ts'
import { server, type Server } from './server.ts'
import { after, before, register, said, send, TEXT, WHO } from './story.ts'
import { rezip, unzip } from './zip.ts'

let b: Browser
let s: Server
let tsa: Authority
let token: string
let fingerprint: string
let whole: Buffer
let redacted: Buffer

beforeAll(async () => {
  s = await server({ demo: true })
  tsa = await authority()
  token = await s.token()
  b = await browser()
  await register(s.url, token)
  const ids: string[] = []
  for (const part of [before(), said(), after()]) ids.push(...((await send(s.url, token, part)) as { ids: string[] }).ids)
  await call('PUT', '/api/v1/log/authorities', { authorities: [{ url: tsa.url, ca_pem: tsa.rootPem }], every_minutes: 1 })
  fingerprint = ((await until('/api/v1/log', (log) => Boolean(log.stamps?.length))) as { fingerprint: string }).fingerprint
  const opened = (await call('POST', '/api/v1/cases', { employee: WHO, title: '恒达建材订单外流', reason: '飞单预警', records: ids })) as { id: string }
  const message = ids[before().length] ?? ''
  whole = await made(opened.id, {})
  redacted = await made(opened.id, { [message]: ['/data/text'] })
}, { timeout: 240_000 })

afterAll(async () => {
  await b?.close()
  tsa?.stop()
  await s?.stop()
})

const headers = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${s.url}${path}`, { method, headers: headers(), body: body && JSON.stringify(body) })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`)
  return answer.json()
}

async function until(path: string, good: (body: { stamps?: unknown[] }) => boolean): Promise<unknown> {
  const end = Date.now() + 60_000
  for (;;) {
    const body = (await call('GET', path)) as { stamps?: unknown[] }
    if (good(body)) return body
    assert.ok(Date.now() < end, `${path} never got there: ${JSON.stringify(body)}`)
    await new Promise((r) => setTimeout(r, 300))
  }
}

/** A package of the case, as bytes. */
async function made(id: string, redact: Record<string, string[]>): Promise<Buffer> {
  const { href } = (await call('POST', `/api/v1/cases/${id}/packages`, { reason: '提交劳动争议仲裁', redact })) as { href: string }
  const end = Date.now() + 120_000
  for (;;) {
    const answer = await fetch(`${s.url}${href}`, { headers: headers() })
    if (answer.status === 200) return Buffer.from(await answer.arrayBuffer())
    assert.equal(answer.status, 202, await answer.text())
    assert.ok(Date.now() < end, 'the package was never ready')
    await new Promise((r) => setTimeout(r, 300))
  }
}

interface Open {
  page: Page
  errors: string[]
  /** Addresses it asked for, beside its own file. */
  asked: string[]
}

async function verifier(locale = 'zh-CN', width = 1440): Promise<Open> {
  const context = await b.newContext({ offline: true, locale, viewport: { width, height: 900 } })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const errors: string[] = []
  const asked: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
  const file = pathToFileURL(resolve(import.meta.dirname, '../../crates/package/verifier.html')).href
  page.on('request', (r) => r.url() !== file && !r.url().startsWith('data:') && asked.push(r.url()))
  await page.goto(file)
  return { page, errors, asked }
}

/** Does something that starts a check and waits for its end; what the page then says. */
async function checked({ page }: Open, act: () => Promise<unknown>) {
  const html = page.locator('html')
  const seen = await html.getAttribute('data-done')
  await act()
  await page.locator(seen === null ? 'html[data-done]' : `html:not([data-done="${seen}"])`).waitFor({ state: 'attached' })
  return {
    verdict: await page.locator('#verdict h2').innerText(),
    named: await page.locator('.findings .path').allInnerTexts(),
    text: await page.locator('#out').innerText(),
  }
}
const drop = (open: Open, zip: Buffer) =>
  checked(open, () => open.page.setInputFiles('#file', { name: 'package.zip', mimeType: 'application/zip', buffer: zip }))
const pin = (open: Open, key: string) => checked(open, () => open.page.fill('#key', key))

test('the package holds, and says who signed only when the key came from elsewhere', { timeout: 120_000 }, async () => {
  const open = await verifier()
  const unsure = await drop(open, whole)
  assert.equal(unsure.verdict, '一致，签名者未确认')
  assert.match(unsure.text, /守正|恒达建材订单外流/)
  assert.match(unsure.text, /Probity test authority.*签名成立/s, 'the time stamp is checked in the browser')
  assert.ok(unsure.text.includes(fingerprint))

  const sure = await pin(open, fingerprint.toUpperCase().replace(/(..)(?!$)/g, '$1:'))
  assert.equal(sure.verdict, '一致，签名者已确认')
  const wrong = await pin(open, '0'.repeat(64))
  assert.equal(wrong.verdict, '未通过核验')
  assert.match(wrong.text, /与您持有的不符/)
  const nonsense = await pin(open, 'not a key')
  assert.equal(nonsense.verdict, '未通过核验')

  // A checkpoint of another log that this one happens to begin with confirms nobody.
  await pin(open, '')
  const checkpoint = unzip(whole).find(([path]) => path === 'checkpoint')?.[1].toString() ?? ''
  await open.page.locator('.pins summary').click()
  const kept = await checked(open, () => open.page.fill('#checkpoint', checkpoint))
  assert.equal(kept.verdict, '一致，检查点已确认，未指定密钥')
  const [origin, ...rest] = checkpoint.split('\n')
  const foreign = await checked(open, () => open.page.fill('#checkpoint', [`${origin}-elsewhere`, ...rest].join('\n')))
  assert.equal(foreign.verdict, '一致，签名者未确认')
  assert.match(foreign.text, /不能确认签名者/)
  assert.deepEqual(open.asked, [], 'it asks nobody')
  assert.deepEqual(open.errors, [])
})

test('a withheld text is not in it and the record still verifies', { timeout: 120_000 }, async () => {
  const open = await verifier('en-GB', 390)
  const shown = await drop(open, redacted)
  assert.equal(shown.verdict, 'Consistent, signer not confirmed')
  assert.match(shown.text, /1 members withheld/)
  assert.match(shown.text, /which member it is, is the company's word/)
  assert.ok(!shown.text.includes(TEXT) && (await drop(open, whole)).text.includes(TEXT))
  const width = await open.page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(width <= 390, `a narrow page is ${width} wide`)
  assert.deepEqual(open.errors, [])
})

test('one changed byte of each file is named', { timeout: 300_000 }, async () => {
  const open = await verifier()
  const files = unzip(whole)
  for (const must of ['manifest.json', 'manifest.sig', 'checkpoint', 'custody.json', 'items/000001.json', 'verifier.html']) {
    assert.ok(files.some(([path]) => path === must), must)
  }
  assert.ok(files.some(([path]) => path.endsWith('.tsr')), 'a time stamp is in it')
  assert.equal((await drop(open, rezip(files))).verdict, '一致，签名者未确认', 'packed again by another tool it still holds')
  for (const [i, [path, bytes]] of files.entries()) {
    const changed = Buffer.from(bytes)
    const middle = Math.floor(changed.length / 2)
    changed[middle] = (changed[middle] ?? 0) ^ 1
    const said = await drop(open, rezip(files.map((file, j) => (i === j ? [path, changed] : file))))
    assert.equal(said.verdict, '未通过核验', path)
    assert.deepEqual([...new Set(said.named)], [path], `${path} and no other is named`)
  }
  // Readable JSON whose members have lost their name is named too, and what is shown does not stumble over it.
  const item = 'items/000001.json'
  const nameless = files.map(([path, bytes]): [string, Buffer] => [path, path === item ? Buffer.from(bytes.toString().replace('"pointer"', '"poioter"')) : bytes])
  assert.deepEqual([...new Set((await drop(open, rezip(nameless))).named)], [item])
  const fewer = await drop(open, rezip(files.slice(1)))
  assert.ok(fewer.named.includes(files[0]?.[0] ?? ''), 'a missing file is named')
  const more = await drop(open, rezip([...files, ['items/000999.json', Buffer.from('{}')]]))
  assert.ok(more.named.includes('items/000999.json'), 'a file that was added is named')
  assert.deepEqual(open.errors, [])
})
