// Script in chats, names and cells is text wherever a page draws it, and the pages' policy would not run it either.
import assert from 'node:assert/strict'
import { after as afterAll, before as beforeAll, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { browser, enter, open } from './browser.ts'
import { server, type Server } from './server.ts'

const SCRIPT = '<img src=x onerror="window.ran=1"><script>window.ran=2</script>{{7*7}}javascript:window.ran=3'
const EMPLOYEE = 'E2E-6600'
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

const ask = async (token: string, method: string, path: string, body: unknown, kind = 'application/json') => {
  const answer = await fetch(`${s.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': kind },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as { ids: string[]; id: string }
}

test('what was sent is drawn as text on every page it reaches', { timeout: 180_000 }, async () => {
  const token = await s.token()
  await ask(token, 'PUT', '/api/v1/sources', {
    source: '/hostile',
    name: SCRIPT,
    kinds: ['*'],
    basis: { kind: 'legal_duty', notice: SCRIPT, notice_version: '1', assessed_on: '2026-01-05' },
  })
  const event = (id: string, type: string, data: unknown) => ({
    specversion: '1.0', id, source: '/hostile', type, subject: EMPLOYEE, time: new Date(Date.now() - 60_000).toISOString(), data,
  })
  const { ids } = await ask(
    token,
    'POST',
    '/api/v1/records',
    [
      event('who', 'employee.upserted', { number: EMPLOYEE, name: SCRIPT, department: SCRIPT, title: SCRIPT }),
      event('customer', 'customer.upserted', { customer: 'H-C1', name: SCRIPT }),
      event('mine', 'customer.assigned', { customer: 'H-C1', employee: EMPLOYEE, from: '2026-01-05' }),
      event('said', 'message.sent', {
        channel: 'wecom',
        conversation: SCRIPT,
        from: { employee: EMPLOYEE },
        to: [{ external: SCRIPT, customer: 'H-C1' }],
        text: `${SCRIPT} 我介绍你到鼎新公司买,给你返10%`,
      }),
    ],
    'application/cloudevents-batch+json',
  )
  const said = ids[3]
  assert.ok(said)
  const made = await ask(token, 'POST', '/api/v1/cases', { employee: EMPLOYEE, title: SCRIPT, reason: SCRIPT, records: [said] })
  // Quarantined with script in its name and reason.
  await ask(token, 'POST', '/api/v1/records', [{ ...event(SCRIPT, SCRIPT, {}), source: '/hostile' }], 'application/cloudevents-batch+json')

  const { page, errors } = await open(b, s.url)
  await enter(page, '人事')
  const seen: string[] = []
  for (const path of ['/alerts', `/cases/${made.id}`, '/cases', '/people', `/people/${EMPLOYEE}`, '/customers', '/records']) {
    await page.goto(path)
    await page.waitForLoadState('networkidle')
    if ((await page.locator('body').innerText()).includes('onerror=')) seen.push(path)
    assert.equal(await page.evaluate('window.ran'), undefined, `${path} ran what it should show`)
    assert.equal(await page.locator('img[src="x"]').count(), 0, `${path} drew markup`)
  }
  assert.ok(seen.length >= 3, `the text is to be seen, only ${seen.join(', ')} showed it`)
  await enterAs('管理员', ['/sources', '/intake', '/quarantine'])
  assert.deepEqual(errors.filter((e) => !e.includes('net::')), [])

  // Even script that got into a page would not run.
  const blocked = await page.evaluate(`new Promise((done) => {
    document.addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.ran = 9'
    document.body.append(script)
    setTimeout(() => done('nothing was blocked'), 2000)
  })`)
  assert.match(String(blocked), /^script-src/)
  assert.equal(await page.evaluate('window.ran'), undefined)
})

async function enterAs(role: string, paths: string[]) {
  const { page } = await open(b, s.url)
  await enter(page, role)
  for (const path of paths) {
    await page.goto(path)
    await page.waitForLoadState('networkidle')
    assert.equal(await page.evaluate('window.ran'), undefined, `${path} ran what it should show`)
    assert.equal(await page.locator('img[src="x"]').count(), 0, `${path} drew markup`)
  }
}
