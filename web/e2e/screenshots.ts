// Pictures for the README from the demo company: npm run screenshots, with PROBITY_BIN or PROBITY_URL.
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { browser, enter, open } from './browser.ts'
import { server } from './server.ts'

const out = resolve(import.meta.dirname, '../../docs/screenshots')
const s = await server({ demo: true })
const b = await browser()

/** A file with one bad cell: a day that is none. */
const CUSTOMERS = `客户编号,客户名称,等级,建档日期
C-9001,青禾建材商行,high_value,2024-01-05
C-9002,远山五金经营部,normal,2024-02-30
C-9003,临港医疗器械有限公司,normal,2024-03-01
`

const settle = async (page: Page) => {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => {})
  await page.waitForTimeout(400)
}
const shoot = (page: Page, name: string) => page.screenshot({ path: resolve(out, `${name}.png`), animations: 'disabled' })

try {
  await mkdir(out, { recursive: true })
  const wide = await open(b, s.url, 1280)
  const page = wide.page
  await page.goto('/signin')
  await page.locator('.people button').first().waitFor()
  await shoot(page, 'sign-in')
  await enter(page, '人事')
  // The demo company is taken in while the server already answers: wait until its chains are there.
  for (let i = 0; i < 40; i++) {
    await page.goto('/chains')
    await settle(page)
    if ((await page.locator('td a[href*="/chains/"]').count()) > 3) break
    await page.waitForTimeout(2000)
  }
  await page.goto('/alerts')
  await settle(page)
  await shoot(page, 'alerts')

  await page.goto('/chains')
  await settle(page)
  const chain = await page.locator('td a[href*="/chains/"]').first().getAttribute('href')
  if (chain) {
    await page.goto(chain)
    await settle(page)
    await shoot(page, 'chain')
    const narrow = await open(b, s.url, 390)
    await enter(narrow.page, '人事')
    await narrow.page.goto(chain)
    await settle(narrow.page)
    await shoot(narrow.page, 'chain-phone')
  }

  await page.goto('/alerts?rule=chain.diversion')
  await settle(page)
  await page.locator('td a[href^="/alerts/"]').first().click()
  await page.getByRole('heading', { name: '为何触发' }).waitFor()
  await settle(page)
  await shoot(page, 'alert')
  for (const [path, name] of [['/evidence-log', 'log'], ['/lexicon', 'lexicon']] as const) {
    await page.goto(path)
    await settle(page)
    await shoot(page, name)
  }
  const admin = await open(b, s.url, 1280)
  await enter(admin.page, '管理员')
  await admin.page.goto('/imports')
  await admin.page.locator('input[type=file]').setInputFiles({ name: '客户清单.csv', mimeType: 'text/csv', buffer: Buffer.from(CUSTOMERS) })
  await admin.page.getByRole('heading', { name: '客户清单.csv' }).waitFor()
  const choose = async (name: string, option: string) => {
    await admin.page.getByRole('combobox', { name, exact: true }).click()
    await admin.page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
  }
  await choose('数据来源', '/crm/main')
  await choose('种类', '客户资料')
  await admin.page.getByRole('button', { name: '开始试导' }).click()
  await admin.page.getByRole('cell', { name: '2024-02-30' }).last().waitFor()
  await settle(admin.page)
  await admin.page.screenshot({ path: resolve(out, 'imports.png'), animations: 'disabled', fullPage: true })

  // A case has three columns from here on.
  await page.setViewportSize({ width: 1440, height: 960 })
  await page.goto('/cases')
  await settle(page)
  if ((await page.locator('td a[href^="/cases/"]').count()) === 0) {
    await page.goto('/alerts?rule=chain.diversion')
    await settle(page)
    await page.locator('td a[href^="/alerts/"]').first().click()
    await settle(page)
    await page.getByRole('button', { name: '立案或并案' }).click()
    await page.getByRole('dialog').getByLabel('立案理由').fill('聊天、订单去向与收款三者相符，需要核实')
    await page.getByRole('dialog').getByRole('button', { name: '立案', exact: true }).click()
    await page.waitForURL(/\/cases\//)
  } else {
    await page.locator('td a[href^="/cases/"]').first().click()
    await page.getByRole('heading', { name: '办理经过' }).waitFor()
  }
  await settle(page)
  await shoot(page, 'case')

  // Somebody of the demo is leaving: the handover, the file, one of the customers, and who may see what.
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/handovers')
  await settle(page)
  await page.locator('td a[href^="/handovers/"]').first().click()
  await page.getByRole('heading', { name: '法定手续' }).waitFor()
  await settle(page)
  await shoot(page, 'handover')
  const leaver = await page.locator('.page-head a[href^="/employees/"]').first().getAttribute('href')
  await page.goto(leaver ?? '/employees')
  await settle(page)
  await shoot(page, 'employee')
  const own = await open(b, s.url, 1280)
  await enter(own.page, '员工')
  await own.page.goto('/customers')
  await settle(own.page)
  await own.page.locator('td a[href^="/customers/"]').first().click()
  await settle(own.page)
  await shoot(own.page, 'customer')

  await admin.page.setViewportSize({ width: 1280, height: 900 })
  await admin.page.goto('/roles')
  await settle(admin.page)
  await shoot(admin.page, 'access')
  await admin.page.getByRole('tab', { name: '试算' }).click()
  for (const [box, text] of [['人员或角色', '销售经理'], ['权限', '客户 · 导出']] as const) {
    await admin.page.getByRole('combobox', { name: box, exact: true }).fill(text)
    await admin.page.locator('.ant-select-item-option:visible').filter({ hasText: text }).first().click()
  }
  await choose('假如处于', '离职中')
  await admin.page.getByRole('button', { name: '试算', exact: true }).click()
  await admin.page.locator('.steps-told').waitFor()
  await settle(admin.page)
  await shoot(admin.page, 'simulation')
} finally {
  await b.close()
  await s.stop()
}
