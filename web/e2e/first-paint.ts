// How soon a person sees the alert queue: a browser without a cache opens /alerts, several times. Prints one line of
// JSON with medians; the bench reads it. Signs in over the API first, so that only the page itself is timed.
//
//   PROBITY_URL=http://127.0.0.1:8080 [PROBITY_LOGIN=… PROBITY_PASSWORD=…] node --import tsx e2e/first-paint.ts [times]
//
// "Rows" is the honest figure: the moment the first alert's line is on the screen, not the frame around it.
import type { Browser } from 'playwright-core'
import { browser } from './browser.ts'

const url = process.env.PROBITY_URL ?? 'http://127.0.0.1:8080'
const times = Number(process.argv[2] ?? 9)

interface Paint {
  /** Milliseconds from the navigation. */
  first: number
  largest: number
  rows: number
  /** Bytes as they crossed the wire, headers included. */
  bytes: number
  requests: number
}

const signIn = async () => {
  const login = process.env.PROBITY_LOGIN
  const body = login ? { login, password: process.env.PROBITY_PASSWORD } : { demo: 'hr' }
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`)
  const [name, value] = (answer.headers.getSetCookie()[0] ?? '').split(';')[0]?.split('=') ?? []
  if (!name || !value) throw new Error('signing in gave no cookie')
  return { name, value, url }
}

// Runs in the page before its own scripts.
const watch = `
  globalThis.__paint = { largest: 0, rows: 0 }
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) __paint.largest = e.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  const seen = new MutationObserver(() => {
    if (!document.querySelector('.queue tbody tr')) return
    seen.disconnect()
    // After the frame that holds the rows was painted.
    requestAnimationFrame(() => setTimeout(() => (__paint.rows = performance.now())))
  })
  seen.observe(document, { childList: true, subtree: true })
`

async function once(b: Browser, cookie: Awaited<ReturnType<typeof signIn>>): Promise<Paint> {
  const context = await b.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1440, height: 900 } })
  try {
    await context.addCookies([cookie])
    await context.addInitScript(watch)
    const page = await context.newPage()
    const wire = await context.newCDPSession(page)
    await wire.send('Network.enable')
    await wire.send('Network.setCacheDisabled', { cacheDisabled: true })
    let bytes = 0
    let requests = 0
    wire.on('Network.loadingFinished', (e) => {
      bytes += e.encodedDataLength
      requests += 1
    })
    await page.goto(`${url}/alerts`, { waitUntil: 'commit' })
    await page.locator('.queue tbody tr').first().waitFor({ timeout: 30_000 })
    // Whatever belongs to this page and is still under way counts as well.
    await page.waitForTimeout(500)
    const seen = (await page.evaluate(`({
      first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
      largest: __paint.largest,
      rows: __paint.rows,
    })`)) as Omit<Paint, 'bytes' | 'requests'>
    return { ...seen, bytes, requests }
  } finally {
    await context.close()
  }
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const cookie = await signIn()
const b = await browser()
try {
  // The first one starts the browser's own machinery and is not counted.
  await once(b, cookie)
  const all: Paint[] = []
  for (let i = 0; i < times; i++) all.push(await once(b, cookie))
  const of = (key: keyof Paint) => Math.round(median(all.map((p) => p[key])))
  console.log(
    JSON.stringify({ times, first: of('first'), largest: of('largest'), rows: of('rows'), bytes: of('bytes'), requests: of('requests') }),
  )
} finally {
  await b.close()
}
