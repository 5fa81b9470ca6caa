// The page without a mouse: a way past the navigation, a visible focus, names for every control, nothing wider than a phone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page, Route } from 'playwright-core'
import { browser, enter, open } from './browser.ts'
import { server, type Server } from './server.ts'

let b: Browser
let s: Server
before(async () => {
  s = await server({ demo: true })
  b = await browser()
})
after(async () => {
  await b?.close()
  await s?.stop()
})

/** Controls that a screen reader could not name. */
const nameless = (page: Page) =>
  page.evaluate(() => {
    const shown = (e: Element) => e.getClientRects().length > 0 && !e.closest('[aria-hidden="true"]')
    const named = (e: HTMLElement) =>
      Boolean(
        e.getAttribute('aria-label') ||
          e.getAttribute('aria-labelledby') ||
          e.textContent?.trim() ||
          e.getAttribute('title') ||
          e.querySelector('svg title, [aria-label]') ||
          (e instanceof HTMLInputElement && (e.labels?.length || e.placeholder)) ||
          (e instanceof HTMLTextAreaElement && (e.labels?.length || e.placeholder)),
      )
    return [...document.querySelectorAll<HTMLElement>('button, a[href], input, textarea, [role="button"], [role="combobox"]')]
      .filter((e) => shown(e) && !named(e))
      .map((e) => e.outerHTML.slice(0, 160))
  })

const PAGES: [string, string[]][] = [
  ['人事', ['/', '/alerts', '/chains', '/cases', '/employees', '/customers', '/companies', '/records', '/lexicon', '/evidence-log', '/mine', '/my-access', '/handovers', '/processes', '/outbox', '/departments', '/contracts', '/policies', '/interests', '/requests', '/restrictions', '/promises', '/reassignments']],
  ['管理员', ['/', '/sources', '/imports', '/quarantine', '/users', '/tokens', '/roles', '/company', '/account']],
]

test('every control has a name, every page one first heading, on the narrowest phone', { timeout: 240_000 }, async () => {
  for (const [role, paths] of PAGES) {
    // The wider ones are walked by pages.test.ts.
    for (const width of [360]) {
      const { page, errors } = await open(b, s.url, width)
      await enter(page, role)
      for (const path of paths) {
        await page.goto(path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.locator('.loading').first().waitFor({ state: 'detached' }).catch(() => {})
        assert.deepEqual(await nameless(page), [], `${path} at ${width}`)
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${path} at ${width}`)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        assert.ok(over <= 0, `${path} is ${over}px wider than ${width}`)
      }
      assert.deepEqual(errors, [], `${role} at ${width}`)
      await page.context().close()
    }
  }
})

test('the queue works from the keyboard', { timeout: 120_000 }, async () => {
  const { page } = await open(b, s.url)
  await enter(page, '人事')
  await page.goto('/alerts')
  const first = page.locator('td a[href^="/alerts/"]').first()
  // The demo company is still coming in when the server answers.
  await first.waitFor({ timeout: 60_000 })
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'content', 'the first stop leads past the navigation')
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? '')
    if (at.startsWith('/alerts/')) break
  }
  const outline = await page.evaluate(() => {
    const e = document.activeElement
    return e ? getComputedStyle(e).outlineStyle : 'none'
  })
  assert.notEqual(outline, 'none', 'focus is visible')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '为何触发' }).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'content', 'focus goes to the new page')
})

test('J and K move through the queue, X ticks a row, Enter opens it', { timeout: 60_000 }, async () => {
  const { page, errors } = await open(b, s.url)
  await enter(page, '人事')
  await page.goto('/alerts')
  await page.locator('td a[href^="/alerts/"]').nth(1).waitFor()
  const at = () => page.evaluate(() => document.activeElement?.getAttribute('href') ?? '')
  await page.keyboard.press('j')
  const first = await at()
  await page.keyboard.press('j')
  const second = await at()
  assert.match(first, /^\/alerts\//)
  assert.match(second, /^\/alerts\//)
  assert.notEqual(first, second)
  await page.keyboard.press('k')
  assert.equal(await at(), first)
  await page.keyboard.press('x')
  await page.getByText('已选 1 条').waitFor()
  // In a box the letters are letters.
  await page.getByRole('textbox', { name: '姓名、编号或客户' }).click()
  await page.keyboard.type('jjx')
  assert.equal(await page.getByRole('textbox', { name: '姓名、编号或客户' }).inputValue(), 'jjx')
  await page.goto('/alerts')
  await page.locator('td a[href^="/alerts/"]').first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '为何触发' }).waitFor()
  assert.deepEqual(errors, [])
})

test('what opens goes again, with movement and for who wants none', { timeout: 120_000 }, async () => {
  for (const motion of ['reduce', 'no-preference'] as const) {
    const { page, errors } = await open(b, s.url, 1440, motion)
    await enter(page, '人事')
    await page.goto('/records')
    // A drawer that stays in the page and is only shown.
    await page.locator('tbody button').first().click()
    const drawer = page.getByRole('dialog')
    await drawer.waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    await page.locator('.ant-drawer-mask').waitFor({ state: 'hidden' })
    // A list under its box.
    await page.getByRole('combobox', { name: '全部种类' }).click()
    const list = page.locator('.ant-select-dropdown').last()
    await list.waitFor()
    await page.keyboard.press('Escape')
    await list.waitFor({ state: 'hidden' })
    // And a window.
    await page.getByRole('checkbox').nth(1).check()
    await page.getByRole('button', { name: /^打开内容/ }).click()
    const window = page.getByRole('dialog')
    await window.waitFor()
    await page.keyboard.press('Escape')
    await window.waitFor({ state: 'hidden' })
    assert.deepEqual(errors, [], motion)
    await page.context().close()
  }
})

test('the first paint of the queue is small', { timeout: 60_000 }, async () => {
  const { page } = await open(b, s.url)
  await enter(page, '人事')
  // What the page before it was still fetching is not the queue's.
  await page.goto('about:blank')
  const client = await page.context().newCDPSession(page)
  await client.send('Network.enable')
  await client.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  let requests = 0
  const files = new Set<string>()
  client.on('Network.requestWillBeSent', () => (requests += 1))
  client.on('Network.responseReceived', (e) => {
    if (/\.(js|css)$/.test(new URL(e.response.url).pathname)) files.add(e.requestId)
  })
  client.on('Network.loadingFinished', (e) => {
    if (files.has(e.requestId)) bytes += e.encodedDataLength
  })
  await page.goto('/alerts')
  await page.locator('td a[href^="/alerts/"]').first().waitFor()
  // The filters come after the list and count as well.
  await page.getByRole('textbox', { name: '姓名、编号或客户' }).waitFor()
  await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => {})
  console.log(`scripts and styles ${Math.round(bytes / 1024)} KB over the wire; ${requests} requests`)
  assert.ok(bytes < 320 * 1024, `${Math.round(bytes / 1024)} KB of scripts and styles`)
  assert.ok(requests <= 22, `${requests} requests`)
})

test('the first paint of the queue takes three steps after the page itself', { timeout: 120_000 }, async () => {
  const { page } = await open(b, s.url)
  await enter(page, '人事')
  // Nothing is answered until all that can be asked for is: what then still is asked for had to wait for an answer.
  const held: Route[] = []
  await page.route('**/*', (route) => {
    // Not the page itself, without which nothing can be asked for, nor the stream of news, which is never done.
    if (['document', 'eventsource'].includes(route.request().resourceType())) void route.continue()
    else held.push(route)
  })
  /** Resolves when the page has no more to ask for, however slow the machine is. */
  const quiet = async () => {
    for (let before = -1; before !== held.length; ) {
      before = held.length
      await page.evaluate(() => new Promise((done) => setTimeout(done))).catch(() => {})
      await page.waitForTimeout(400)
    }
  }
  const steps: string[] = []
  const row = page.locator('td a[href^="/alerts/"]').first()
  await page.goto('/alerts', { waitUntil: 'commit' })
  // Scripts and styles; the room, the texts and who is signed in; the list.
  while (steps.length < 3) {
    await quiet()
    const asked = held.splice(0)
    if (asked.length === 0) continue
    steps.push(asked.map((r) => new URL(r.request().url()).pathname).join(' '))
    await Promise.all(asked.map((r) => r.continue()))
    // All answers are in before it is looked at what they lead to: a slow one makes no further step.
    await Promise.all(asked.map(async (r) => (await r.request().response())?.finished()))
  }
  // What is asked for after that stays unanswered; the first alert stands there without it.
  const there = await row.waitFor({ timeout: 60_000 }).then(() => true, () => false)
  const more = held.map((r) => new URL(r.request().url()).pathname).join(' ')
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  assert.ok(there, [...steps, more].join('\n'))
})
