import { browser, open } from './browser.ts'
import { server } from './server.ts'
const P = 'correct horse battery'
const s = await server({ demo: false })
const url = s.url.replace('127.0.0.1', 'localhost')
const b = await browser()
const shot = async (page: any, name: string, full = true) => page.screenshot({ path: `/tmp/identity/shots/${name}.png`, fullPage: full })
try {
  const line = s.printed().split('\n').find((l) => /one-time set-up code|首次设置码/.test(l)) ?? ''
  const code = line.match(/[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})*/g)?.sort((a, c) => c.length - a.length)[0] ?? ''
  const ua = { 'content-type': 'application/json' }
  const call = async (path: string, body: unknown, cookie = '', csrf = '', method = 'POST') => {
    const r = await fetch(url + path, { method, headers: { ...ua, ...(cookie ? { cookie, 'x-csrf-token': csrf } : {}) }, body: JSON.stringify(body) })
    return { r, j: await r.json().catch(() => null) as any, cookie: (r.headers.getSetCookie() ?? []).map((c) => c.split(';')[0]).join('; ') }
  }
  const a = await call('/api/v1/setup', { code, login: 'admin', name: '韩志远', password: P })
  const ck = a.cookie, cs = a.j.csrf
  await call('/api/v1/company', { name: '云杉商贸有限公司', time_zone: 'Asia/Shanghai', currency: 'CNY', own_names: [] }, ck, cs, 'PUT')
  const l = await call('/api/v1/users', { login: 'gu', name: '顾维真', role: 'legal', employee: '1002' }, ck, cs)
  await call('/api/v1/invitations/accept', { code: l.j.link.path.slice(8), password: P })
  await call('/api/v1/users', { login: 'qin', name: '秦可鉴', role: 'auditor' }, ck, cs)
  const e = await call('/api/v1/users', { login: 'tian', name: '田小满', role: 'employee', employee: '2001' }, ck, cs)
  await call('/api/v1/users', { login: 'lin', name: '林晓岚', role: 'hr', employee: '1003' }, ck, cs)
  await call('/api/v1/tokens', { name: '办案接口', scopes: ['read', 'cases'] }, ck, cs)
  const legalApi = await call('/api/v1/session', { login: 'gu', password: P })
  const changes = await (await fetch(url + '/api/v1/user-changes', { headers: { cookie: legalApi.cookie } })).json() as any
  await call(`/api/v1/user-changes/${changes.items.find((c: any) => c.kind === 'token').id}/decide`, { approve: true }, legalApi.cookie, legalApi.j.csrf)
  await call(`/api/v1/users/${e.j.user.id}`, { role: 'hr' }, ck, cs, 'PATCH')
  for (const width of [1440, 390]) {
    const admin = await open(b, url, width)
    await admin.page.goto('/signin')
    await admin.page.waitForTimeout(800)
    await shot(admin.page, `signin-${width}`)
    await admin.page.goto(e.j.link.path)
    await admin.page.waitForTimeout(800)
    await shot(admin.page, `invite-${width}`)
    await admin.page.goto('/invite/nonsense')
    await admin.page.waitForTimeout(800)
    await shot(admin.page, `gone-${width}`)
    const signIn = async (page: any, login: string) => {
      await page.goto('/signin')
      await page.getByLabel('登录名').fill(login)
      await page.getByLabel('密码').fill(P)
      await page.getByRole('button', { name: '登录', exact: true }).click()
      await page.waitForURL((u: URL) => !u.pathname.startsWith('/signin'))
    }
    await signIn(admin.page, 'admin')
    await admin.page.goto('/users')
    await admin.page.waitForTimeout(1000)
    await shot(admin.page, `users-${width}`)
    await admin.page.getByRole('button', { name: '邀请用户' }).click()
    await admin.page.waitForTimeout(600)
    await shot(admin.page, `invite-form-${width}`, false)
    await admin.page.keyboard.press('Escape')
    await admin.page.getByRole('button', { name: '修改：顾维真' }).click()
    await admin.page.waitForTimeout(600)
    await shot(admin.page, `edit-${width}`, false)
    await admin.page.keyboard.press('Escape')
    await admin.page.waitForTimeout(400)
    await admin.page.getByRole('button', { name: '修改：田小满' }).click()
    await admin.page.getByRole('button', { name: '重新发邀请链接' }).click()
    await admin.page.waitForTimeout(800)
    await shot(admin.page, `link-${width}`, false)
    const legal = await open(b, url, width)
    await signIn(legal.page, 'gu')
    await legal.page.goto('/users')
    await legal.page.waitForTimeout(1000)
    await shot(legal.page, `approve-${width}`)
    await legal.page.goto('/account')
    await legal.page.waitForTimeout(1000)
    await shot(legal.page, `account-${width}`)
    await legal.page.getByRole('button', { name: '启用验证器' }).click()
    await legal.page.getByRole('dialog').getByLabel('当前密码').fill(P)
    await legal.page.waitForTimeout(400)
    await shot(legal.page, `ask-${width}`, false)
    await legal.page.getByRole('button', { name: /继\s?续/ }).click()
    await legal.page.getByTestId('totp-secret').waitFor()
    await legal.page.waitForTimeout(600)
    await shot(legal.page, `totp-${width}`, false)
    console.log(admin.errors, legal.errors)
  }
} finally {
  await b.close()
  await s.stop()
}
