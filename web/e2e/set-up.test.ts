// A fresh server walks its first administrator from the one-time code to the first source.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { browser, open } from './browser.ts'
import { server, type Server } from './server.ts'

let b: Browser
let s: Server
const skip = process.env.PROBITY_BIN ? false : 'needs PROBITY_BIN'
before(async () => {
  if (skip) return
  s = await server({ demo: false })
  b = await browser()
})
after(async () => {
  await b?.close()
  await s?.stop()
})

/** The one-time code is the longest code-like word on the line that speaks of it. */
const codeFrom = (printed: string) => {
  const line = printed.split('\n').find((l) => /one-time set-up code|首次设置码/.test(l)) ?? ''
  return line.match(/[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})*/g)?.sort((a, c) => c.length - a.length)[0] ?? ''
}

test('set-up', { timeout: 120_000, skip }, async () => {
  const { page, errors } = await open(b, s.url)
  await page.goto('/')
  await page.waitForURL('**/setup')
  const code = codeFrom(s.printed())
  assert.ok(code, `no one-time code in:\n${s.printed()}`)

  await page.getByLabel('首次设置码').fill('WRONG-CODE')
  await page.getByLabel('您的姓名').fill('韩志远')
  await page.getByLabel('登录名').fill('admin')
  await page.getByLabel('密码').fill('correct horse battery')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('首次设置码').fill(code)
  await page.getByRole('button', { name: '下一步' }).click()

  await page.getByLabel('公司全称').fill('云杉商贸有限公司')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel('简称与曾用名').fill('云杉')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '下一步' }).click()

  await page.getByLabel('姓名').fill('林晓岚')
  await page.getByLabel('登录名').fill('lin')
  await page.getByRole('button', { name: '邀请用户' }).click()
  const link = await page.getByTestId('one-time-link').innerText()
  await page.getByRole('button', { name: '我已保存好' }).click()
  await page.getByText('林晓岚 · 人事').waitFor()
  await page.getByRole('button', { name: '下一步' }).click()

  await page.getByLabel('来源标识').fill('/crm/main')
  await page.getByLabel('名称').fill('客户管理系统')
  await page.getByLabel('记录种类').click()
  await page.getByTitle('全部客户记录').click()
  await page.keyboard.press('Escape')
  await page.getByLabel('合法依据').click()
  await page.locator('.ant-select-item-option', { hasText: '履行合同所必需' }).click()
  await page.getByLabel('告知文件').fill('员工手册第 12 条')
  await page.getByLabel('版本').fill('1')
  await page.getByLabel('影响评估日期').fill('2026-01-05')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: '完成' }).click()
  await page.getByRole('heading', { name: '准备就绪' }).waitFor()
  await page.getByRole('button', { name: '进入首页' }).click()
  await page.getByText('云杉商贸有限公司').first().waitFor()

  // The person of HR sets the own password and signs in by it; a wrong one is refused in words.
  const hr = await open(b, s.url)
  await hr.page.goto(new URL(link).pathname)
  await hr.page.getByRole('heading', { name: '林晓岚，欢迎' }).waitFor()
  await hr.page.getByLabel('新密码').fill('correct horse battery')
  await hr.page.getByLabel('再输一遍').fill('correct horse battery')
  await hr.page.getByRole('button', { name: '设置密码并登录' }).click()
  await hr.page.getByRole('button', { name: '退出' }).first().click()
  await hr.page.waitForURL('**/signin')
  await hr.page.getByLabel('登录名').fill('lin')
  await hr.page.getByLabel('密码').fill('wrong password')
  await hr.page.getByRole('button', { name: '登录', exact: true }).click()
  await hr.page.getByRole('alert').waitFor()
  await hr.page.getByLabel('密码').fill('correct horse battery')
  await hr.page.getByRole('button', { name: '登录', exact: true }).click()
  await hr.page.getByRole('link', { name: '预警', exact: true }).click()
  await hr.page.getByRole('heading', { name: '预警' }).waitFor()
  assert.deepEqual([...errors, ...hr.errors], [])
})
