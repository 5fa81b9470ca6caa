// A file through the page: its kind and columns, a dry run that names the bad cell, the rows that were good.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { browser, enter, open } from './browser.ts'
import { server, type Server } from './server.ts'
import { register } from './story.ts'

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

const CSV = `客户编号,客户名称,等级,建档日期
E2E-C801,测试客户甲,high_value,2024-01-05
E2E-C802,测试客户乙,normal,2024-02-30
E2E-C803,测试客户丙,normal,2024-03-01
`

test('import', { timeout: 90_000 }, async () => {
  await register(s.url, await s.token())
  const { page, errors } = await open(b, s.url)
  await enter(page, '管理员')
  await page.goto('/imports')
  await page.locator('input[type=file]').setInputFiles({ name: '客户.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) })
  await page.getByRole('heading', { name: '客户.csv' }).waitFor()
  const choose = async (name: string, option: string) => {
    await page.getByRole('combobox', { name, exact: true }).click()
    await page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
  }
  await choose('数据来源', '/e2e/crm')
  await choose('种类', '客户资料')
  await page.getByRole('button', { name: '开始试导' }).click()
  await page.getByRole('cell', { name: '2024-02-30' }).last().waitFor()
  await page.getByRole('button', { name: /^导入 2 行/ }).click()
  const accepted = page.locator('.tile', { hasText: '接收' }).locator('b')
  await page.getByRole('button', { name: '再导入一个文件' }).waitFor()
  assert.equal(await accepted.textContent(), '2')
  assert.deepEqual(errors, [])
})
