// The story of the leaver who delays, in a browser: from the resignation to the closed exit, and what the employer may
// not do meanwhile; on SQLite and on PostgreSQL.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { browser, open } from './browser.ts'
import { mailServer, textOf } from './mail.ts'
import { ENGINES, server, type DatabaseEngine, type Server } from './server.ts'

let b: Browser
let s: Server
let token = ''
let mail: Awaited<ReturnType<typeof mailServer>> | undefined
const skip = process.env.PROBITY_BIN ? false : 'needs PROBITY_BIN'
const PASSWORD = 'correct horse battery'

const day = (ago: number) => new Date(Date.now() + 8 * 3_600_000 - ago * 86_400_000).toISOString().slice(0, 10)

const call = async (method: string, path: string, body: unknown, type = 'application/json') => {
  const answer = await fetch(`${s.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': type }, body: JSON.stringify(body) })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`)
  return (await answer.json()) as Record<string, unknown>
}

/** Invited, and the link used: everybody here has the same password. */
const invite = async (login: string, name: string, role: string, employee: string | undefined) => {
  await call('POST', '/users', { login, name, role, employee })
  const users = (await (await fetch(`${s.url}/api/v1/users`, { headers: { authorization: `Bearer ${token}` } })).json()) as { items: { id: string; login: string }[] }
  const id = users.items.find((u) => u.login === login)?.id ?? ''
  const link = (await call('POST', `/users/${id}/invitation`, {})) as { path?: string }
  await call('POST', '/invitations/accept', { code: link.path?.split('/').at(-1), password: PASSWORD })
}

const event = (id: string, type: string, subject: string | undefined, data: object) => ({
  specversion: '1.0',
  source: '/e2e/crm',
  id,
  type,
  time: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  ...(subject ? { subject } : {}),
  data,
})

const person = (number: string, name: string, manager?: string) =>
  event(`p-${number}`, 'employee.upserted', number, {
    number, name, manager, department: '华东销售部', status: 'active', emails: [`${number.toLowerCase()}@firm.example`], phones: [`1380000${number.slice(1)}`],
  })

const customer = (id: string, name: string) =>
  event(`c-${id}`, 'customer.upserted', undefined, { customer: id, name, contacts: [{ name: '周会计', email: `${id.toLowerCase()}@client.example` }] })

const filled = async (engine: DatabaseEngine) => {
  s = await server({ demo: false, engine })
  token = await s.token()
  b = await browser()
  await call('PUT', '/sources', { source: '/e2e/crm', name: 'CRM', kinds: ['*'], basis: { kind: 'contract', notice: 'n', notice_version: '1', assessed_on: '2026-01-05' } })
  const first = s.printed().match(/[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})+/)?.[0] ?? ''
  const setUp = await fetch(`${s.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: first, name: '韩志远', login: 'admin', password: PASSWORD }),
  })
  assert.ok(setUp.ok, await setUp.text())
  for (const [login, name, role, employee] of [['hr', '林晓岚', 'hr', undefined], ['zhao', '赵经理', 'sales_manager', 'E100'], ['wang', '王芳', 'employee', 'E101']] as const)
    await invite(login, name, role, employee)
  const records = [
    person('E100', '赵经理'), person('E101', '王芳', 'E100'), person('E102', '李娜', 'E100'),
    customer('C-1', '恒达建材'), customer('C-2', '江南纺织'), customer('C-5', '隐山实业'), customer('C-6', '暗河科技'),
    ...['C-1', 'C-2'].map((c) => event(`a-${c}`, 'customer.assigned', 'E101', { customer: c, employee: 'E101', from: day(400) })),
    event('o-5', 'order.placed', 'E101', { order: 'O-5', customer: 'C-5', employee: 'E101' }),
    event('f-6', 'customer.followed_up', 'E101', { customer: 'C-6', employee: 'E101', channel: 'visit' }),
    event('r-1', 'resignation.submitted', 'E101', { employee: 'E101', submitted_on: day(25), last_day: day(0), reason: '创业' }),
  ]
  await call('POST', '/records', records, 'application/cloudevents-batch+json')
}

const enter = async (page: Page, login: string) => {
  await page.goto('/signin')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.waitForURL((u) => !u.pathname.startsWith('/signin'))
}

/** Fills the small window for a reason and confirms. */
const because = async (page: Page, reason: string) => {
  const window = page.getByRole('dialog').last()
  await window.getByRole('textbox').last().fill(reason)
  await window.locator('.ant-modal-footer .ant-btn-primary').click()
  await window.waitFor({ state: 'hidden' })
}

const story = async () => {
  mail = await mailServer()
  await call('PUT', '/outbox/settings', { url: mail.url, from: '云杉商贸 <service@firm.example>' })
  const { page, errors } = await open(b, s.url)
  await enter(page, 'hr')
  await page.goto('/handovers')
  await page.getByRole('link', { name: '王芳' }).click()
  await page.getByRole('heading', { name: /王芳/ }).waitFor()
  await page.getByText('恒达建材').first().waitFor()

  // She opens her own on a phone: her items, no findings.
  const phone = await open(b, s.url, 390)
  await enter(phone.page, 'wang')
  await phone.page.goto('/handovers')
  await phone.page.getByRole('link', { name: '我的交接' }).click()
  await phone.page.getByText('恒达建材').first().waitFor()
  assert.equal(await phone.page.getByRole('button', { name: '开始核对' }).count(), 0)
  assert.ok((await phone.page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'nothing runs out of a phone')

  // The two customers that only the records know.
  await page.getByRole('button', { name: '开始核对' }).click()
  for (const name of ['隐山实业', '暗河科技']) {
    await page.getByRole('row', { name }).getByRole('button', { name: '补入清单' }).click()
    await page.getByRole('row', { name }).getByText('已补入').waitFor()
  }

  // All four to the one who fits, then passed on.
  await page.locator('section.card', { has: page.getByRole('heading', { name: /^客户资料/ }) }).getByText('全部').click()
  await page.getByRole('button', { name: '指定接收人', exact: true }).first().click()
  await page.getByRole('button', { name: '指定接收人 李娜' }).click()
  await page.getByRole('cell', { name: '李娜' }).first().waitFor()
  await page.getByRole('button', { name: '移交已指定接收人的客户' }).click()
  await because(page, '离职交接')
  await page.getByText('完毕 4').waitFor()

  // Each letter is looked at before it goes.
  await page.getByRole('button', { name: '起草通知' }).click()
  await page.getByRole('dialog').locator('.ant-modal-footer .ant-btn-primary').click()
  await page.getByRole('link', { name: '到发件箱预览和批准' }).click()
  for (let left = 4; left > 0; left--) {
    await page.getByRole('button', { name: '预览', exact: true }).first().click()
    await page.getByRole('button', { name: '看过了' }).click()
    await page.getByRole('button', { name: '看过了' }).waitFor({ state: 'hidden' })
    await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length > 0 && [...document.querySelectorAll('tbody button')].filter((x) => x.textContent === '预览').length === n, left - 1)
  }
  await page.getByRole('checkbox', { name: '全部' }).check()
  await page.getByRole('button', { name: /批准发出/ }).click()
  await page.waitForFunction(() => [...document.querySelectorAll('tbody .mark')].filter((m) => m.textContent === '已发出').length === 4, undefined, { timeout: 20_000 })
  assert.equal(mail.letters.length, 4)
  for (const { text } of mail.letters) assert.ok(textOf(text).includes('李娜') && !/离职|辞职|违/.test(textOf(text)))

  // The twin: what may not wait is refused with its article.
  await page.goBack()
  for (const [what, article] of [['离职证明', '第五十条'], ['提成', '第三十条'], ['工资', '第九条']] as const) {
    await page.getByRole('button', { name: '申请等待交接' }).click()
    const window = page.getByRole('dialog').last()
    // A list that is still moving takes no click, so what is chosen is looked at.
    const shown = window.locator('.ant-select').filter({ hasText: new RegExp(`^${what}`) })
    for (let tries = 0; tries < 5 && !(await shown.isVisible()); tries++) {
      await window.getByRole('combobox').click()
      const open = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').last()
      await open.locator('.ant-select-item-option').filter({ hasText: new RegExp(`^${what}$`) }).click({ timeout: 3000 }).catch(() => {})
      await shown.waitFor({ timeout: 2000 }).catch(() => {})
    }
    await shown.waitFor()
    await window.getByLabel('理由').fill('交接没有完成')
    await window.locator('.ant-modal-footer .ant-btn-primary').click()
    await window.getByRole('alert').getByText(article).waitFor()
    await window.locator('.ant-modal-close').click()
    await window.waitFor({ state: 'hidden' })
  }

  // Nor is earned commission docked.
  await page.getByRole('button', { name: '申请扣款' }).first().click()
  const dock = page.getByRole('dialog').last()
  for (const [label, value] of [['扣款金额（元）', '5000.00'], ['当月工资（元）', '10000.00'], ['当地最低工资（元）', '2740.00'], ['理由', '交接没有完成']] as const)
    await dock.getByLabel(label).fill(value)
  await dock.locator('.ant-modal-footer .ant-btn-primary').click()
  await dock.getByText('第三十条').waitFor()
  await dock.locator('.ant-modal-close').click()
  await dock.waitFor({ state: 'hidden' })

  // The last day: the certificate, although the handover is far from done; then the exit is closed with a reason.
  await page.getByRole('button', { name: '出具离职证明' }).click()
  const paper = page.getByRole('dialog').last()
  await paper.getByLabel('劳动合同期限').fill('2020-03-01 至今')
  await paper.getByLabel('工作岗位').fill('销售经理')
  await paper.getByLabel('在本单位工作年限').fill('6 年')
  await paper.locator('.ant-modal-footer .ant-btn-primary').click()
  await page.getByRole('link', { name: '打印证明' }).click()
  await page.getByText('兹证明 王芳').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: '关闭交接' }).click()
  await because(page, '拒不交接，另案处理')
  await page.getByText('已关闭').first().waitFor()
  // The refusals are told by the browser too.
  assert.deepEqual([...errors, ...phone.errors].filter((e) => !e.includes('422')), [])
}

for (const engine of ENGINES)
  describe(engine, { skip }, () => {
    before(() => filled(engine))
    after(async () => {
      mail?.stop()
      await b?.close()
      await s?.stop()
    })
    test('from the resignation to the closed exit', { timeout: 240_000 }, story)
  })
