// Who signs in: an invitation approved by a second person, an authenticator app, a passkey of a virtual authenticator,
// sessions. The server answers to localhost, since passkeys are bound to a name.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { browser, open } from './browser.ts'
import { server, type Server } from './server.ts'

const PASSWORD = 'correct horse battery'
let b: Browser
let s: Server
let url: string
const skip = process.env.PROBITY_BIN ? false : 'needs PROBITY_BIN'
before(async () => {
  if (skip) return
  s = await server({ demo: false })
  url = s.url.replace('127.0.0.1', 'localhost')
  b = await browser()
})
after(async () => {
  await b?.close()
  await s?.stop()
})

const codeFrom = (printed: string) => {
  const line = printed.split('\n').find((l) => /one-time set-up code|首次设置码/.test(l)) ?? ''
  return line.match(/[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})*/g)?.sort((a, c) => c.length - a.length)[0] ?? ''
}

/** RFC 6238, written apart from the server's. */
const totp = (secret: string, at = Date.now()) => {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(step).digest()
  const number = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

async function signIn(page: Page, login: string, password = PASSWORD) {
  await page.goto('/signin')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

async function follow(link: string) {
  const seen = await open(b, url)
  await seen.page.goto(new URL(link).pathname)
  await seen.page.getByLabel('新密码').fill(PASSWORD)
  await seen.page.getByLabel('再输一遍').fill(PASSWORD)
  await seen.page.getByRole('button', { name: '设置密码并登录' }).click()
  await seen.page.getByRole('link', { name: '首页' }).first().waitFor()
  return seen
}

async function invite(page: Page, name: string, login: string, role: string) {
  await page.getByRole('button', { name: '邀请用户' }).click()
  const box = page.getByRole('dialog')
  await box.getByLabel('姓名').fill(name)
  await box.getByLabel('登录名').fill(login)
  await box.getByLabel('角色').click()
  await page.locator('.ant-select-item-option', { hasText: role }).first().click()
  await box.getByRole('button', { name: '邀 请' }).or(box.getByRole('button', { name: '邀请', exact: true })).click()
}

const taken = async (page: Page) => {
  const link = await page.getByTestId('one-time-link').innerText()
  await page.getByRole('button', { name: '我已保存好' }).click()
  return link
}

test('who signs in', { timeout: 240_000, skip }, async () => {
  const made = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: codeFrom(s.printed()), login: 'admin', name: '韩志远', password: PASSWORD }),
  })
  assert.equal(made.status, 200)

  const admin = await open(b, url)
  await signIn(admin.page, 'admin')
  await admin.page.getByRole('link', { name: '用户', exact: true }).click()
  // Nobody could approve yet: the first of legal is invited at once.
  await invite(admin.page, '顾维真', 'gu', '法务')
  const legal = await follow(await taken(admin.page))

  // From now on a role that reaches cases waits for legal, who sees no link.
  await invite(admin.page, '林晓岚', 'lin', '人事')
  await admin.page.getByText('这个角色能接触案件、内容或预警').waitFor()
  await admin.page.getByRole('button', { name: '关闭' }).last().click()
  await legal.page.getByRole('link', { name: '用户', exact: true }).click()
  const row = legal.page.getByRole('row', { name: /邀请：林晓岚/ })
  await row.getByRole('button', { name: /批准/ }).click()
  await legal.page.locator('.ant-popover').getByRole('button', { name: /批\s?准/ }).click()
  await row.getByText('已批准').waitFor()
  await admin.page.reload()
  await admin.page.getByRole('button', { name: '领取链接' }).click()
  const hr = await follow(await taken(admin.page))

  // An authenticator app, with the recovery codes that come with the first factor.
  await hr.page.getByRole('link', { name: /我的账号与安全/ }).first().click()
  await hr.page.getByRole('button', { name: '启用验证器' }).click()
  await hr.page.getByRole('dialog').getByLabel('当前密码').fill(PASSWORD)
  await hr.page.getByRole('button', { name: /继\s?续/ }).click()
  const secret = await hr.page.getByTestId('totp-secret').innerText()
  const first = Date.now()
  await hr.page.getByLabel('验证器显示的 6 位验证码').fill(totp(secret, first))
  await hr.page.getByRole('button', { name: '确认启用' }).click()
  await hr.page.getByTestId('recovery-codes').waitFor()
  const codes = await hr.page.getByTestId('recovery-codes').locator('li').allInnerTexts()
  assert.equal(codes.length, 10)
  await hr.page.getByRole('button', { name: '我已保存好' }).click()

  // A passkey on a device that verifies its owner.
  const devtools = await hr.page.context().newCDPSession(hr.page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await hr.page.getByRole('button', { name: '添加通行密钥' }).click()
  await hr.page.getByLabel('给这个密钥起个名字').fill('办公电脑')
  await hr.page.getByRole('dialog').getByLabel('当前密码').fill(PASSWORD)
  await hr.page.getByRole('button', { name: /继\s?续/ }).click()
  await hr.page.getByText('办公电脑').waitFor()
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId })
  assert.equal(credentials.length, 1)

  await hr.page.getByRole('button', { name: '退出', exact: true }).first().click()
  await hr.page.waitForURL('**/signin')
  await hr.page.getByRole('button', { name: '用通行密钥登录' }).click()
  await hr.page.getByRole('link', { name: '案件', exact: true }).waitFor()

  // By password the code is asked for; the used one is refused, a recovery code stands in.
  const phone = await open(b, url, 390)
  await signIn(phone.page, 'lin')
  await phone.page.getByLabel('验证码').fill(totp(secret, first))
  await phone.page.getByRole('button', { name: '登录', exact: true }).click()
  await phone.page.getByRole('alert').waitFor()
  await phone.page.getByLabel('验证码').fill(codes[0] ?? '')
  await phone.page.getByRole('button', { name: '登录', exact: true }).click()
  await phone.page.waitForURL((u) => !u.pathname.startsWith('/signin'))

  // The other device sees it as new and ends it.
  await hr.page.getByRole('link', { name: /我的账号与安全/ }).first().click()
  await hr.page.getByText('新设备').first().waitFor()
  await hr.page.getByRole('button', { name: '退出其他全部' }).click()
  await hr.page.locator('.ant-popover').getByRole('button', { name: '退出其他全部' }).click()
  await hr.page.getByText(/已退出 \d+ 个登录/).waitFor()
  await phone.page.reload()
  await phone.page.waitForURL('**/signin**')

  assert.deepEqual([...admin.errors, ...legal.errors, ...hr.errors, ...phone.errors], [])
})
