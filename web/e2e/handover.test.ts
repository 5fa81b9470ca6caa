// The story of the leaver who delays, in a browser: from the resignation on the own page to the closed exit. What stops
// at once and what a restriction adds, who signs off, what the employer may not do meanwhile, and what stays open to
// somebody who has left; on SQLite and on PostgreSQL.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { browser, open, type Seen } from './browser.ts'
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
  const records = [
    person('E100', '赵经理'), person('E101', '王芳', 'E100'), person('E102', '李娜', 'E100'),
    customer('C-1', '恒达建材'), customer('C-2', '江南纺织'), customer('C-5', '隐山实业'), customer('C-6', '暗河科技'),
    ...['C-1', 'C-2'].map((c) => event(`a-${c}`, 'customer.assigned', 'E101', { customer: c, employee: 'E101', from: day(400) })),
    event('o-5', 'order.placed', 'E101', { order: 'O-5', customer: 'C-5', employee: 'E101' }),
    event('f-6', 'customer.followed_up', 'E101', { customer: 'C-6', employee: 'E101', channel: 'visit' }),
  ]
  await call('POST', '/records', records, 'application/cloudevents-batch+json')
  mail = await mailServer()
  await call('PUT', '/outbox/settings', { url: mail.url, from: '云杉商贸 <service@firm.example>' })
  // 王芳 serves key customers and may take them out as a file; she leads nobody. Once legal is there, whoever reaches alerts waits for a second person.
  for (const [login, name, role, employee] of [
    ['hr', '林晓岚', 'hr', undefined], ['zhao', '赵经理', 'sales_manager', 'E100'], ['wang', '王芳', 'sales_manager', 'E101'],
    ['li', '李娜', 'employee', 'E102'], ['legal', '陈律', 'legal', undefined],
  ] as const)
    await invite(login, name, role, employee)
}

const people = new Map<string, Seen>()
const errors = () => [...people.values()].flatMap((p) => p.errors)

/** The page of one of them, signed in. */
const as = async (login: string, width = 1440): Promise<Page> => {
  const had = people.get(login)
  if (had) return had.page
  const seen = await open(b, s.url, width)
  people.set(login, seen)
  await enter(seen.page, login)
  return seen.page
}

const enter = async (page: Page, login: string) => {
  await page.goto('/signin')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.waitForURL((u) => !u.pathname.startsWith('/signin'))
}

const confirm = (page: Page) => page.getByRole('dialog').last().locator('.ant-modal-footer .ant-btn-primary').click()

/** Fills the small window for a reason and confirms. */
const because = async (page: Page, reason: string) => {
  const window = page.getByRole('dialog').last()
  await window.getByRole('textbox').last().fill(reason)
  await confirm(page)
  await window.waitFor({ state: 'hidden' })
}

/** A list that is still moving takes no click, so what is chosen is looked at. */
const choose = async (page: Page, what: string | RegExp, option: string) => {
  const window = page.getByRole('dialog').last()
  const shown = window.locator('.ant-select').filter({ hasText: new RegExp(`^${option}`) })
  for (let tries = 0; tries < 5 && !(await shown.isVisible()); tries++) {
    await window.getByRole('combobox', { name: what }).click()
    const list = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').last()
    await list.locator('.ant-select-item-option').filter({ hasText: new RegExp(`^${option}`) }).click({ timeout: 3000 }).catch(() => {})
    await shown.waitFor({ timeout: 2000 }).catch(() => {})
  }
  await shown.waitFor()
}

const handover = async (login: string, link: string): Promise<Page> => {
  const page = await as(login)
  await page.goto('/handovers')
  await page.locator('.ant-segmented').getByText('全部').click()
  await page.getByRole('link', { name: link, exact: true }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByText('恒达建材').first().waitFor()
  return page
}

/** She hands in notice on her own page; what she had open for taking customers along is refused from that moment. */
const resigns = async () => {
  const page = await as('wang')
  const other = await page.context().newPage()
  await other.goto('/customers')
  await other.getByText('恒达建材').waitFor()
  await other.getByRole('button', { name: '导出' }).click()
  await other.getByLabel('用途').fill('带走备用')

  await page.goto('/mine')
  await page.getByRole('button', { name: '提出离职' }).click()
  await page.getByRole('button', { name: '确认提出离职' }).click()
  await page.getByText('您已提出离职，最后工作日').waitFor()

  const refused = other.waitForResponse((r) => r.url().endsWith('/customers/export'))
  await confirm(other)
  const answer = await refused
  assert.equal(answer.status(), 403)
  assert.equal(((await answer.json()) as { rule: string }).rule, 'P16')
  await other.getByRole('alert').getByText('导出、批量查看和更改客户归属已暂停').waitFor()
  // The refusal leads to where she can object.
  await other.getByRole('alert').getByRole('link', { name: /提出异议/ }).click()
  await other.getByRole('dialog').getByLabel('请写明要求').fill('客户来电时需要核对合同清单')
  await confirm(other)
  await other.getByText('客户来电时需要核对合同清单').waitFor()
  await other.goto('/customers/C-1')
  await other.getByRole('note', { name: /联系人保持原样/ }).waitFor()
  await other.close()
}

/** New orders are stopped apart: proposed, previewed, approved by another, appealed against, lifted. */
const restricted = async () => {
  const zhao = await as('zhao')
  await zhao.goto('/restrictions')
  await zhao.getByRole('button', { name: '提出限制' }).click()
  const window = zhao.getByRole('dialog')
  await window.getByRole('combobox', { name: '员工' }).fill('王芳')
  await zhao.locator('.ant-select-item-option').filter({ hasText: '王芳' }).click()
  await window.getByText('停止新订单', { exact: true }).click()
  await window.getByText(/涉及：正在服务的客户 2 个/).waitFor()
  await window.getByLabel('理由').fill('交接期间由接手同事接新订单，手上的订单照常履行。')
  await confirm(zhao)
  await zhao.getByText('待批准').first().waitFor()

  const legal = await as('legal')
  await legal.goto('/restrictions')
  const row = legal.getByRole('row', { name: /王芳/ })
  await row.getByRole('button', { name: '批准', exact: true }).click()
  for (const box of await legal.getByRole('dialog').getByRole('checkbox').all()) await box.check()
  await because(legal, '范围与期限适当，提成照付')
  await row.getByText('生效中').waitFor()

  const wang = await as('wang')
  await wang.goto('/my-access')
  await wang.getByText('停止新订单').waitFor()
  await wang.getByRole('textbox', { name: '申诉' }).fill('恒达的续单是两个月前谈好的')
  await wang.getByRole('button', { name: '提交申诉' }).click()
  await wang.getByText('申诉正在处理').waitFor()

  await legal.goto('/restrictions')
  await row.getByRole('button', { name: '答复：解除' }).click()
  await because(legal, '续单属于已有业务，解除限制')
  await wang.goto('/my-access')
  await wang.getByText('续单属于已有业务，解除限制').waitFor()
}

/** What is missing on the list, who takes the customers over, and what the customers are told. */
const passedOn = async () => {
  const page = await handover('hr', '王芳')
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
  await confirm(page)
  await page.getByRole('link', { name: '到发件箱预览和批准' }).click()
  await page.getByRole('button', { name: '预览', exact: true }).first().click()
  for (let left = 4; left > 0; left--) {
    await page.getByRole('button', { name: left > 1 ? '看过了，下一封' : '看过了', exact: true }).click()
    await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length > 0 && [...document.querySelectorAll('tbody button')].filter((x) => x.textContent === '预览').length === n, left - 1)
  }
  await page.getByRole('checkbox', { name: '全部' }).check()
  await page.getByRole('button', { name: /批准发出/ }).click()
  await page.waitForFunction(() => [...document.querySelectorAll('tbody .mark')].filter((m) => m.textContent === '已发出').length === 4, undefined, { timeout: 20_000 })
  const letters = mail?.letters.map((l) => textOf(l.text)) ?? []
  assert.equal(letters.length, 4)
  for (const text of letters) assert.ok(text.includes('李娜') && !/离职|辞职|违/.test(text))
}

/** Every row of every group is chosen, and one act done on all that allow it. */
const actOnAll = async (page: Page, act: RegExp, words?: string) => {
  for (const box of await page.locator('section.card > header').getByRole('checkbox', { name: '全部' }).all()) await box.check()
  await page.getByRole('button', { name: act }).click()
  if (words) await page.getByRole('dialog').getByRole('textbox').fill(words)
  await confirm(page)
  const window = page.getByRole('dialog')
  // What was refused stands in it.
  await window.waitFor({ state: 'hidden' }).catch(async (e: Error) => assert.fail(`${e.message}\n${await window.innerText()}`))
}
const openThing = async (page: Page, name: string) => {
  await page.locator('td').getByRole('button', { name, exact: true }).click()
  return page.getByRole('dialog', { name })
}

/** 任务分配 → 资料提交 → 审核确认: each by whose turn it is, until the handover is signed off. */
const signedOff = async () => {
  const hr = await handover('hr', '王芳')
  await (await openThing(hr, '核对交接清单并指定接收人')).getByRole('button', { name: /^提\s?交$/ }).click()
  const zhao = await handover('zhao', '王芳')
  await (await openThing(zhao, '核对交接清单并指定接收人')).getByRole('button', { name: /^通\s?过$/ }).click()

  // Hers on a phone: nothing of what is checked about her is told.
  const phone = await open(b, s.url, 390)
  people.set('wang on a phone', phone)
  await enter(phone.page, 'wang')
  await phone.page.goto('/handovers')
  await phone.page.getByRole('link', { name: '我的交接' }).click()
  await phone.page.getByText('恒达建材').first().waitFor()
  assert.equal(await phone.page.getByRole('button', { name: '开始核对' }).count(), 0)
  assert.ok((await phone.page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'nothing runs out of a phone')

  const wang = await handover('wang', '我的交接')
  const papers = await openThing(wang, '客户合同与凭证')
  await papers.locator('input[type=file]').setInputFiles({ name: '合同清单.txt', mimeType: 'text/plain', buffer: Buffer.from('恒达建材、江南纺织') })
  await papers.getByText('合同清单.txt').waitFor()
  await papers.getByRole('button', { name: /^提\s?交$/ }).click()
  await papers.waitFor({ state: 'hidden' })
  await actOnAll(wang, /^提交 \d+ 项$/, '联系人、合同与未了事项已当面说明；其余无')
  await wang.getByText('眼下没有要您处理的事项').waitFor()

  // The receiver looks at the customers, the manager at all of it: first where nobody takes over, then after the receiver.
  const li = await handover('li', '王芳')
  await actOnAll(li, /^通过 \d+ 项$/)
  for (let turn = 0; turn < 2; turn++) await actOnAll(await handover('zhao', '王芳'), /^通过 \d+ 项$/)

  const manager = await handover('zhao', '王芳')
  const sign = await openThing(manager, '核对全部交接内容并签署')
  await sign.getByLabel('核对结论').fill('逐项核对，内容完整')
  await sign.getByRole('button', { name: /^提\s?交$/ }).click()
  await sign.waitFor({ state: 'hidden' })
  const last = await handover('hr', '王芳')
  await (await openThing(last, '核对全部交接内容并签署')).getByRole('button', { name: /^通\s?过$/ }).click()
  await last.getByText('已签署').first().waitFor()
}

/** The twin: what may not wait is refused with its article, nor is earned commission docked. */
const refused = async () => {
  const page = await handover('hr', '王芳')
  for (const [what, article] of [['离职证明', '第五十条'], ['提成', '第三十条'], ['工资', '第九条']] as const) {
    await page.getByRole('button', { name: '申请等待交接' }).click()
    const window = page.getByRole('dialog').last()
    await choose(page, /想等交接办结/, `${what}$`)
    await window.getByLabel('理由').fill('交接没有完成')
    await confirm(page)
    await window.getByRole('alert').getByText(article).waitFor()
    await window.locator('.ant-modal-close').click()
    await window.waitFor({ state: 'hidden' })
  }
  await page.getByRole('button', { name: '登记扣款' }).first().click()
  const dock = page.getByRole('dialog').last()
  for (const [label, value] of [['扣款金额（元）', '5000.00'], ['当月工资（元）', '10000.00'], ['当地最低工资（元）', '2740.00'], ['理由', '交接没有完成']] as const)
    await dock.getByLabel(label).fill(value)
  await confirm(page)
  await dock.getByText('第三十条').waitFor()
  // A loss may be noted within its bounds; what was noted wrongly is withdrawn, and she sees by whom and why.
  await choose(page, '依据', '赔偿损失')
  for (const box of ['劳动者有过错', '劳动合同有赔偿约定', '实际损失有证据']) await dock.getByRole('checkbox', { name: box }).check()
  for (const [label, value] of [['扣款金额（元）', '600.00'], ['理由', '笔记本电脑遗失']] as const) await dock.getByLabel(label).fill(value)
  await confirm(page)
  await dock.getByText('本月还可扣 1400.00').waitFor()
  await dock.locator('.ant-modal-close').click()
  await dock.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: '撤回登记' }).click()
  await page.getByRole('dialog').last().getByRole('radio', { name: /^没有扣/ }).check()
  await because(page, '电脑已找回')
  const wang = await handover('wang', '我的交接')
  await wang.getByText(/林晓岚 于 .+ 撤回：电脑已找回/).waitFor()
  assert.equal(await wang.getByRole('button', { name: '撤回登记' }).count(), 0)
}

/** Both agree on an earlier last day; she leaves, and what she has open closes at once. The own page stays. */
const left = async () => {
  const hr = await handover('hr', '王芳')
  await hr.getByRole('button', { name: '变更最后工作日' }).click()
  const window = hr.getByRole('dialog').last()
  await window.getByLabel('最后工作日').fill(day(0))
  await window.getByLabel('最后工作日').press('Enter')
  await window.getByRole('checkbox', { name: '双方已书面约定' }).check()
  await because(hr, '双方书面约定今天为最后工作日')
  await hr.getByText('改最后工作日').first().waitFor()

  const wang = await as('wang')
  await wang.goto('/customers')
  await wang.getByRole('heading', { level: 1, name: '客户' }).waitFor()
  await hr.goto('/employees/E101')
  await hr.getByRole('button', { name: '人事手续' }).click()
  await hr.getByRole('menuitem', { name: '离职生效' }).click()
  await confirm(hr)
  await hr.getByText('已离职').first().waitFor()
  await wang.waitForURL('**/signin**', { timeout: 8000 })

  await enter(wang, 'wang')
  await wang.getByText('您已离职。').waitFor()
  await wang.goto('/customers')
  await wang.waitForURL('**/mine')
  await handover('wang', '我的交接')
  await wang.getByRole('button', { name: '提出异议' }).first().click()
  await because(wang, '季度奖金没有结清')
  await wang.getByText('季度奖金没有结清').first().waitFor()
  await handover('hr', '王芳')
  await hr.getByRole('button', { name: '答复', exact: true }).click()
  await because(hr, '已转财务，本周内补发')
}

/** The certificate on the last day, for her to keep; then the exit is closed. */
const closed = async () => {
  const page = await handover('hr', '王芳')
  await page.getByRole('button', { name: '出具离职证明' }).click()
  const paper = page.getByRole('dialog').last()
  await paper.getByLabel('劳动合同期限').fill('2020-03-01 至今')
  await paper.getByLabel('工作岗位').fill('销售经理')
  await paper.getByLabel('在本单位工作年限').fill('6 年')
  await confirm(page)
  await page.getByRole('link', { name: '打印证明' }).click()
  await page.getByText('兹证明王芳').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: '关闭交接' }).click()
  await confirm(page)
  await page.getByText('已关闭').first().waitFor()

  const wang = await as('wang')
  await wang.goto('/mine')
  const [file] = await Promise.all([wang.waitForEvent('download'), wang.getByRole('link', { name: '下载 PDF' }).click()])
  assert.match(file.suggestedFilename(), /\.pdf$/)
}

for (const engine of ENGINES)
  describe(engine, { skip }, () => {
    before(() => filled(engine))
    after(async () => {
      mail?.stop()
      people.clear()
      await b?.close()
      await s?.stop()
    })
    const steps = {
      'she resigns on her own page and takes nothing along': resigns,
      'new orders are restricted, with an appeal': restricted,
      'her customers are found, passed on and told': passedOn,
      'what may not wait is refused': refused,
      'each submits, looks and signs off': signedOff,
      'she has left: closed at once, the own page stays': left,
      'the certificate, and the exit is closed': closed,
    }
    for (const [name, step] of Object.entries(steps)) test(name, { timeout: 120_000 }, step)
    // The refusals are told by the browser too.
    test('no page had an error of its own', () => assert.deepEqual(errors().filter((e) => !/42\d|40\d/.test(e)), []))
  })
