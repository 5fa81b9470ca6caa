// The system's Chromium, driven by playwright-core: no browser is downloaded.
import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

const FOUND = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const browser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? FOUND.find((p) => existsSync(p)),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

export interface Seen {
  page: Page
  /** Errors of the page's own scripts; a test ends by expecting none. */
  errors: string[]
}

/** A window that is still growing moves its buttons from under the pointer; nobody clicks that fast, but a test does. So pages are still, unless a test is about how they move. */
export async function open(b: Browser, url: string, width = 1440, reducedMotion: 'reduce' | 'no-preference' = 'reduce'): Promise<Seen> {
  const context = await b.newContext({
    baseURL: url,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width, height: width > 800 ? 900 : 844 },
    isMobile: width <= 800,
    hasTouch: width <= 800,
    acceptDownloads: true,
    reducedMotion,
  })
  // The TypeScript loader names functions with a helper that the page does not have.
  await context.addInitScript('globalThis.__name = (f) => f')
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => {
    if (m.type() === 'error' && !m.text().includes('status of 40')) errors.push(m.text())
  })
  return { page, errors }
}

/** Signs in to the demo company as the person of a role, by clicking as a visitor does. */
export async function enter(page: Page, role: string) {
  await page.goto('/signin')
  await page.getByRole('button', { name: new RegExp(role) }).first().click()
  await page.waitForURL((u) => !u.pathname.startsWith('/signin'))
}
