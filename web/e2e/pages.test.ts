// Every page as every role, wide and on a phone: no script error, no failed request, nothing wider than the screen, a
// title, no code where a word should be, and what axe finds wrong by WCAG 2 A and AA.
// Not here: what the pages do (story, import, set-up) and the keyboard (keyboard).
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { browser, open } from './browser.ts'
import { addressOf, OUTSIDE, ROLES, ROOMS, type Role } from './rooms.ts'
import { server, type Server } from './server.ts'

let b: Browser
let s: Server
let axe = ''
before(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  s = await server({ demo: true })
  b = await browser()
  await filled()
})
after(async () => {
  await b?.close()
  await s?.stop()
})

/** The demo company is taken in while the server already answers; the walk begins when its case is there. */
async function filled() {
  const token = await s.token()
  const until = Date.now() + 90_000
  while (Date.now() < until) {
    const answer = await fetch(`${s.url}/api/v1/cases`, { headers: { authorization: `Bearer ${token}` } })
    if (answer.ok && ((await answer.json()) as { items: unknown[] }).items.length > 0) return
    await new Promise((r) => setTimeout(r, 400))
  }
  throw new Error('the demo company has no case after a minute and a half')
}

const signIn = (page: Page, role: Role) =>
  page.evaluate(async (demo) => {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ demo }),
    })
    if (!answer.ok) throw new Error(`signing in as ${demo}: ${answer.status}`)
  }, role)

/** A text that is a key nobody translated or a code nobody named: `cases.title`, `order.placed`. */
const untranslated = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (node.parentElement?.closest('code, pre, script, style, .mono, input, textarea')) continue
      for (const word of (node.textContent ?? '').split(/[\s，。；：、（）()“”]+/)) {
        // Names of files have a dot as well.
        if (/^[a-z]{2,}(\.[a-zA-Z_0-9]{2,})+$/.test(word) && !/\.(html|zip|csv|xlsx|json|txt)$/.test(word)) found.push(word)
      }
    }
    return found
  })

interface Violation {
  id: string
  nodes: { html: string; failureSummary?: string }[]
}
const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    // Rows of a list are alike: the first few speak for all of them.
    const alike = { include: [['body']], exclude: [['tbody tr:nth-child(n+5)'], ['ol.custody li:nth-child(n+4)']] }
    const run = (globalThis as unknown as { axe: { run: (of: object, how: object) => Promise<{ violations: Violation[] }> } }).axe
    return (await run.run(alike, { runOnly: ['wcag2a', 'wcag2aa'], resultTypes: ['violations'] })).violations
  })
  return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 140)} — ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`))
}

/** What axe has looked at already: a page looks the same to every role that may see it. */
const looked = new Set<string>()

/** Pages that a phone shows in another shape than a wide screen; the others only fold. */
const OTHER_SHAPE = new Set(['/', '/alerts', '/alerts/:id', '/employees/:number/chains/:id', '/cases/:id', '/handovers/:id', '/processes', '/mine', '/records'])

/** As a click on a link does it: without loading the whole page anew, which would be most of the time. */
async function to(page: Page, address: string) {
  await page.evaluate((next) => {
    if (location.pathname !== next.split('?')[0]) document.querySelector('h1')?.setAttribute('data-left', '')
    history.pushState(null, '', next)
    dispatchEvent(new PopStateEvent('popstate'))
  }, address)
  await page.locator('h1:not([data-left])').waitFor()
}

async function walk(role: Role, width: number): Promise<string[]> {
  const wrong: string[] = []
  const { page, errors } = await open(b, s.url, width)
  await page.goto('/signin')
  await signIn(page, role)
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  let at = ''
  page.on('response', (r) => {
    if (r.status() >= 400) wrong.push(`${at}: ${r.request().method()} ${new URL(r.url()).pathname} answered ${r.status()}`)
  })
  page.on('requestfailed', (r) => {
    // The event stream ends with its page.
    if (r.failure()?.errorText !== 'net::ERR_ABORTED') wrong.push(`${at}: ${r.url()} failed: ${r.failure()?.errorText}`)
  })
  for (const room of ROOMS) {
    const mine = room.roles.includes(role)
    // Who may not see a page is told so, on every screen alike: one width is enough.
    if (!mine && width > 800) continue
    // Nor is each tab or filter of a page that is refused anyway looked at, or a thing that nothing leads to.
    if (!mine && (room.path.includes('?') || ROOMS.some((r) => r.path === room.from && r.roles.includes(role)))) continue
    at = `${role} ${room.path} at ${width}`
    await to(page, room.from ?? room.path)
    if (mine && room.link) {
      const link = page.locator(room.link).first()
      await link.waitFor()
      await to(page, addressOf(room.path, (await link.getAttribute('href')) ?? ''))
    }
    await page.locator('.loading').first().waitFor({ state: 'detached' }).catch(() => wrong.push(`${at}: still loading`))
    if (!mine && !(await page.getByText('您没有查看此内容的权限').count())) wrong.push(`${at}: is not told why`)
    if (mine && (await page.getByText('您没有查看此内容的权限').count())) wrong.push(`${at}: is refused`)
    if (!/^.+ · 守正$/.test(await page.title())) wrong.push(`${at}: title “${await page.title()}”`)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (over > 0) wrong.push(`${at}: ${over}px too wide`)
    for (const word of await untranslated(page)) wrong.push(`${at}: “${word}”`)
    const key = mine ? `${room.path} ${width}` : 'barred'
    if (!looked.has(key) && (!mine || width > 800 || OTHER_SHAPE.has(room.path))) {
      looked.add(key)
      for (const v of await violations(page)) wrong.push(`${at}: ${v}`)
    }
  }
  wrong.push(...errors.map((e) => `${role} at ${width}: ${e}`))
  await page.context().close()
  return wrong
}

test('every address of the pages is walked', async () => {
  const source = await readFile(resolve(import.meta.dirname, '../src/rooms.ts'), 'utf8')
  const routes = [...source.matchAll(/'(\/[^']*)'/g)].map((m) => m[1] ?? '')
  assert.ok(routes.length > 40, `only ${routes.length} addresses found in the map of the pages`)
  const walked = new Set([...ROOMS.map((r) => r.path.split('?')[0] ?? ''), ...OUTSIDE])
  assert.deepEqual(routes.filter((r) => !walked.has(r)), [], 'in src/rooms.ts and not in e2e/rooms.ts')
  assert.deepEqual([...walked].filter((w) => w !== '/no-such-page' && !routes.includes(w)), [], 'in e2e/rooms.ts and not in src/rooms.ts')
})

test('every page as every role, at both widths', { timeout: 600_000 }, async () => {
  const walks = ROLES.flatMap((role) => [1440, 390].map((width) => ({ role, width })))
  const wrong: string[] = []
  const worker = async () => {
    for (let next = walks.shift(); next; next = walks.shift()) wrong.push(...(await walk(next.role, next.width)))
  }
  await Promise.all([worker(), worker()])
  assert.deepEqual(wrong, [])
})

test('before signing in: the page says who it is and what to do, in both languages', { timeout: 60_000 }, async () => {
  for (const width of [1440, 390]) {
    const { page, errors } = await open(b, s.url, width)
    await page.goto('/signin')
    await page.locator('.people button').first().waitFor()
    assert.match(await page.title(), / · 守正$/)
    assert.deepEqual(await violations(page), [], `sign-in at ${width}`)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: /Probity/ }).first().waitFor()
    await page.waitForFunction(() => document.title.endsWith('Probity'))
    assert.deepEqual(await untranslated(page), [])
    assert.deepEqual(errors, [])
    await page.context().close()
  }
})

test('a session that ends says so and leads back; a network that is gone says so', { timeout: 60_000 }, async () => {
  const { page } = await open(b, s.url)
  await page.goto('/signin')
  await signIn(page, 'hr')
  await page.goto('/rules')
  await page.getByRole('heading', { name: '规则', exact: true }).waitFor()
  await page.context().setOffline(true)
  await page.getByText('网络已断开').waitFor()
  await page.getByRole('link', { name: '客户', exact: true }).click().catch(() => {})
  await page.context().setOffline(false)
  await page.getByText('网络已断开').waitFor({ state: 'detached' })
  await page.goto('/rules')
  await page.getByRole('heading', { name: '规则', exact: true }).waitFor()
  await page.context().clearCookies()
  // Either the click finds out, or something the page asked for by itself was quicker: then the link is gone.
  await page.getByRole('link', { name: '员工', exact: true }).click({ timeout: 3000 }).catch(() => {})
  await page.waitForURL(/\/signin\?next=%2F(employees|rules)$/)
  await page.getByText('登录已过期').waitFor()
  const next = new URL(page.url()).searchParams.get('next')
  await page.getByRole('button', { name: /人事/ }).first().click()
  await page.waitForURL(`**${next}`)
  await page.getByRole('heading', { name: next === '/rules' ? '规则' : '员工', exact: true }).waitFor()
})

test('a server that fails, refuses or is gone is shown with a way on', { timeout: 60_000 }, async () => {
  const { page } = await open(b, s.url)
  await page.goto('/signin')
  await signIn(page, 'hr')
  const answers: [number, string][] = [
    [404, '没有这个页面，或者您无权查看'],
    [403, '您没有查看此内容的权限'],
    [500, '没有取到数据'],
  ]
  for (const [status, title] of answers) {
    await page.route('**/api/v1/customers?*', (r) =>
      r.fulfill({
        status,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: 'about:blank', title: 'x', status, code: 'x', detail: '这句话来自服务器。', request_id: 'req_1' }),
      }),
    )
    await page.goto('/customers')
    await page.getByText(title).waitFor()
    await page.getByText('这句话来自服务器。').waitFor()
    await page.getByRole('button', { name: '重试' }).waitFor()
    await page.unroute('**/api/v1/customers?*')
  }
  await page.getByRole('button', { name: '重试' }).click()
  await page.locator('td a[href^="/customers/"]').first().waitFor()
})
