// The main job in a browser: HR sees an alert arrive, reads why, looks at the chain, opens a case, exports a package.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { after as afterAll, before as beforeAll, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { browser, enter, open } from './browser.ts'
import { server, type Server } from './server.ts'
import { after, before, NAME, register, said, saidBefore, send, TEXT } from './story.ts'

const run = promisify(execFile)
let b: Browser
let s: Server

beforeAll(async () => {
  s = await server({ demo: true })
  b = await browser()
})
afterAll(async () => {
  await b?.close()
  await s?.stop()
})

test('from a message to a package the other side can verify', { timeout: 180_000 }, async () => {
  const token = await s.token()
  await register(s.url, token)
  await send(s.url, token, before())
  const { page, errors } = await open(b, s.url)
  await enter(page, '人事')

  // A list that was empty when it was asked for fills by itself.
  let asked = 0
  await page.route('**/api/v1/alerts?*', (r) => ((asked += 1) === 1 ? r.fulfill({ json: { items: [], next_cursor: null } }) : r.continue()))
  await page.goto('/alerts')
  await page.getByText('目前没有待处理的预警').waitFor()
  await send(s.url, token, saidBefore())
  await page.locator('td a[href^="/alerts/"]').first().waitFor()
  await page.unrouteAll({ behavior: 'ignoreErrors' })

  // The queue is open when the message arrives: a quiet pill, and the list does not move by itself.
  await send(s.url, token, said())
  const pill = page.getByRole('button', { name: /条新预警/ })
  await pill.waitFor({ timeout: 5000 })
  await pill.click()
  await page.getByRole('link', { name: new RegExp(NAME) }).first().waitFor()

  // The rest of the story makes a chain of four.
  await send(s.url, token, after())
  const chains = async () => {
    const answer = await fetch(`${s.url}/api/v1/employees/E2E-7001/chains`, { headers: { authorization: `Bearer ${token}` } })
    return ((await answer.json()) as { items: { id: string; score: number }[] }).items[0]
  }
  const until = Date.now() + 20_000
  let chain = await chains()
  while ((!chain || chain.score < 0.9) && Date.now() < until) {
    await new Promise((r) => setTimeout(r, 300))
    chain = await chains()
  }
  assert.ok(chain && chain.score >= 0.9, `chain score ${chain?.score}`)

  // The alert says why, and what may excuse it; it never shows the text of the message.
  const raised = async () => {
    const answer = await fetch(`${s.url}/api/v1/alerts?employee=E2E-7001&rule=chain.diversion`, { headers: { authorization: `Bearer ${token}` } })
    return ((await answer.json()) as { items: unknown[] }).items.length
  }
  while ((await raised()) === 0 && Date.now() < until) await new Promise((r) => setTimeout(r, 300))
  assert.ok((await raised()) > 0, 'the chain raised an alert')
  await page.goto('/alerts?employee=E2E-7001&rule=chain.diversion')
  const titles = page.locator('td a[href^="/alerts/"]')
  await titles.first().click()
  await page.getByRole('heading', { name: '为何触发' }).waitFor()
  await page.getByRole('heading', { name: '可能的正当原因' }).waitFor()
  assert.equal(await page.getByText(TEXT).count(), 0, 'no content before a case')
  await page.getByRole('button', { name: /说过/ }).waitFor()
  for (const role of ['说过', '能做', '做了', '收钱']) {
    assert.ok((await page.getByRole('button', { name: new RegExp(`^${role},`) }).count()) > 0, `${role} is on the picture`)
  }

  // One button to a case, with a reason.
  await page.getByRole('button', { name: '立案或并案' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('立案理由').fill('聊天、订单去向与收款三者相符，需要核实')
  await dialog.getByRole('button', { name: '立案', exact: true }).click()
  await page.waitForURL(/\/cases\//)
  await page.getByRole('heading', { name: '办理经过' }).waitFor()

  // Content opens under the case, with a reason, and says that the look is kept.
  const message = page.getByRole('row').filter({ hasText: '聊天消息' }).first()
  await message.getByRole('checkbox').check()
  await page.getByRole('button', { name: /打开内容/ }).click()
  await dialog.getByText(/会记为一次“查看”/).waitFor()
  await dialog.getByLabel('查看理由').fill('核对许诺的比例')
  await dialog.getByRole('button', { name: '打开并留痕' }).click()
  await dialog.getByText(TEXT).first().waitFor()
  await dialog.getByRole('button', { name: '关闭' }).last().click()

  // Export with the text withheld, and take the zip.
  await page.getByRole('button', { name: '导出证据包' }).click()
  await dialog.getByLabel('导出理由').fill('提交劳动争议仲裁')
  await dialog.getByRole('button', { name: '聊天正文' }).first().click()
  await dialog.getByRole('button', { name: '生成证据包' }).click()
  const link = page.getByRole('link', { name: /下载/ })
  // A package is built by a job; how long that takes is the machine's affair, not the page's.
  await link.waitFor({ timeout: 60_000 })
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  const path = await download.path()
  const zip = await readFile(path)
  assert.equal(zip.subarray(0, 2).toString(), 'PK')
  assert.equal(zip.includes(Buffer.from(TEXT)), false, 'the withheld text is not in the package')

  if (s.bin) {
    const status = (await (await fetch(`${s.url}/api/v1/log`, { headers: { authorization: `Bearer ${token}` } })).json()) as { fingerprint: string }
    const kept = `${path}.zip`
    await writeFile(kept, zip)
    await run(s.bin, ['verify', kept, '--key', status.fingerprint])
    const altered = Buffer.from(zip)
    const middle = Math.floor(altered.length / 2)
    altered[middle] = (altered[middle] ?? 0) ^ 1
    await writeFile(kept, altered)
    await assert.rejects(run(s.bin, ['verify', kept]), 'one changed byte is noticed')
  }
  assert.deepEqual(errors, [])
})

test('each role sees its own page and no more', { timeout: 120_000 }, async () => {
  const expected: [string, string[], string[]][] = [
    ['销售经理', ['预警', '客户'], ['案件', '记录', '用户']],
    ['审计', ['查看留痕', '存证日志'], ['预警', '案件', '员工']],
    ['管理员', ['数据来源', '用户', '接口令牌'], ['预警', '案件', '员工']],
    ['工会', [], ['预警', '案件', '客户', '存证日志']],
    ['员工', ['我的', '客户'], ['预警', '案件', '员工', '存证日志']],
  ]
  for (const [role, shown, hidden] of expected) {
    const { page, errors } = await open(b, s.url)
    await page.goto('/signin')
    await page.locator('.people button').filter({ has: page.locator('em', { hasText: new RegExp(`^${role}`) }) }).click()
    const nav = page.getByRole('navigation', { name: '主导航' })
    await nav.getByRole('link').first().waitFor()
    for (const name of shown) assert.ok(await nav.getByRole('link', { name }).count(), `${role} sees ${name}`)
    for (const name of hidden) assert.equal(await nav.getByRole('link', { name, exact: true }).count(), 0, `${role} does not see ${name}`)
    assert.deepEqual(errors, [], role)
    await page.context().close()
  }
})
