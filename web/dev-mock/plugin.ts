// Development only: answers the API's calls from data.ts. Never part of a build.
import type { Plugin } from 'vite'
import type { IncomingMessage } from 'node:http'
import * as d from './data.ts'

const perms: Record<string, string[]> = {
  hr: ['alerts.see', 'alerts.act', 'cases.see', 'cases.act', 'content.open', 'people.see', 'customers.see', 'companies.edit', 'records.see', 'lexicon.see', 'log.see', 'quarantine.see'],
  sales_manager: ['alerts.see_team', 'people.see_team', 'customers.see_team'],
  auditor: ['looks.see', 'log.see'],
  admin: ['sources.edit', 'tokens.edit', 'users.edit', 'imports.run', 'quarantine.act', 'lexicon.see', 'lexicon.edit', 'companies.edit', 'log.see'],
  union: ['self.see'],
  employee: ['self.see'],
}
perms.legal = perms.hr!
const people = [['hr', '林晓岚'], ['legal', '何文静'], ['sales_manager', '沈国栋'], ['auditor', '唐雨桐'], ['admin', '韩志远'], ['union', '冯建军'], ['employee', '周启明']] as const
let role: string | null = process.env.MOCK_ROLE ?? null
let fresh = Boolean(process.env.MOCK_SETUP)
let pkg: { id: string; made: number } | null = null
const session = () => ({
  user: role ? { id: `u_${role}`, name: people.find((p) => p[0] === role)?.[1], login: role, role, employee: 'E1002' } : null,
  demo: !process.env.MOCK_SETUP && !process.env.MOCK_PASSWORD, needs_setup: fresh, company: { name: fresh ? '' : '云杉商贸有限公司', time_zone: 'Asia/Shanghai', currency: 'CNY' },
  permissions: role ? perms[role] : [], csrf: 'x',
})
const page = <T>(items: T[]) => ({ items, next_cursor: null })
const body = (req: IncomingMessage) => new Promise<any>((done) => {
  let s = ''
  req.on('data', (c: Buffer) => (s += c.toString()))
  req.on('end', () => { try { done(JSON.parse(s)) } catch { done({}) } })
})
const packages = () => pkg ? [{ id: pkg.id, href: `/api/v1/packages/${pkg.id}`, status: Date.now() - pkg.made > 4000 ? 'ready' : 'building', progress: Math.min(1, (Date.now() - pkg.made) / 4000), error: null, size: 1_482_311, sha256: '9f2c'.repeat(16), built_at: new Date().toISOString(), pdf: 'built', pdf_note: null }] : []
const problem = (status: number, detail: string) => ({ status, detail, title: 'Problem', code: 'x', request_id: 'req_1' })

async function answer(method: string, path: string, q: URLSearchParams, req: IncomingMessage): Promise<[number, unknown] | null> {
  const is = (m: string, p: RegExp) => (method === m ? p.exec(path) : null)
  let m: RegExpExecArray | null
  if (path === '/session/demo') return [200, { items: people.map(([role, name], i) => ({ role, name, title: '', employee: `E10${10 + i}` })) }]
  if (path === '/session') {
    if (method === 'POST') {
      const b = await body(req)
      if (b.password === 'wrong') return [429, problem(429, '密码连续输错 5 次，账号锁定 15 分钟。请稍后再试，或请管理员重设密码。')]
      role = b.demo ?? 'hr'
    }
    if (method === 'DELETE') { role = null; return [204, null] }
    return [200, session()]
  }
  if (path === '/setup') { role = 'admin'; fresh = false; return [200, session()] }
  if (path === '/company') return [200, { name: '云杉商贸有限公司', time_zone: 'Asia/Shanghai', currency: 'CNY', own_names: ['云杉', '云杉商贸'] }]
  if (path === '/alerts/summary') return [200, { open: { high: 9, medium: 7, low: 3 }, older_than_30_days: 2, mean_days_to_close: 3.4, unassigned: 14, mine: 5, chains: 4 }]
  if (is('GET', /^\/alerts$/)) return [200, page(d.alerts.filter((a) => (!q.get('status') || a.status === q.get('status')) && (!q.get('severity') || a.severity === q.get('severity')) && (!q.get('employee') || a.employee === q.get('employee')) && (q.get('assignee') === 'me' ? a.assignee : q.get('assignee') === 'none' ? !a.assignee : true)))]
  if ((m = is('GET', /^\/alerts\/(.+)$/))) return [200, d.alerts.find((a) => a.id === m![1])]
  if ((m = is('PATCH', /^\/alerts\/(.+)$/))) { const a = d.alerts.find((x) => x.id === m![1])!; Object.assign(a, await body(req)); return [200, a] }
  if (path === '/chains') return [200, page(d.chains)]
  if ((m = is('GET', /^\/employees\/([^/]+)\/chains$/))) return [200, page(d.chains)]
  if (path === '/cases') return method === 'POST' ? [201, { id: 'cs1' }] : [200, page(d.cases)]
  if (is('GET', /^\/cases\/[^/]+$/)) return [200, { ...d.caseDetail, packages: packages() }]
  if (is('POST', /^\/cases\/[^/]+\/packages$/)) { pkg = { id: 'pk1', made: Date.now() }; return [202, packages()[0]] }
  if (is('GET', /^\/cases\/[^/]+\/packages$/)) return [200, page(packages())]
  if (path === '/employees') return [200, page(d.employees.filter((e) => !q.get('q') || (e.name + e.number).includes(q.get('q')!)))]
  if ((m = is('GET', /^\/employees\/(.+)$/))) return [200, { ...(d.employees.find((e) => e.number === m![1]) ?? d.employees[4]), accounts: [{ system: 'wecom', account: 'zhouqm' }], phones: ['138****6021'], emails: ['zhou@yunshan.example'], documents: [{ document: 'contract', title: '劳动合同', version: '2023', signed_at: '2023-04-12T00:00:00Z', method: 'paper' }, { document: 'policy', title: '客户信息保密办法', version: '3', signed_at: '2025-01-06T00:00:00Z', method: 'click' }], interests: [{ company: 'K02', name: '博雅贸易行', relation: '兄弟持股' }], assignments: d.customers.slice(0, 4).map((c, i) => ({ customer: c.customer, name: c.name, from: `202${3 + (i % 3)}-03-02T00:00:00Z`, until: i === 2 ? '2026-01-05T00:00:00Z' : null, reason: i === 2 ? '区域调整' : null })) }]
  if (path === '/customers') return [200, page(d.customers)]
  if ((m = is('GET', /^\/customers\/(.+)$/))) return [200, { ...(d.customers.find((c) => c.customer === m![1]) ?? d.customers[0]), contacts: [{ name: '马经理', phone: '139****1100', im: 'ma-hengda' }], sites: [{ name: '恒达总部' }], assignments: [{ employee: 'E1021', name: d.employees[20]!.name, from: '2022-01-04T00:00:00Z', until: '2025-03-02T01:00:00Z', reason: '区域调整', known_at: '2025-03-02T01:00:00Z' }, { employee: 'E1005', name: '周启明', from: '2025-03-02T01:00:00Z', until: null, reason: null, known_at: '2025-03-02T01:00:00Z' }], counts: { orders: 14, moved: 1, inquiries: 22, messages: 310 }, recent: d.records.slice(0, 8) }]
  if (path === '/companies') return [200, page(d.companies)]
  if (path === '/records/open') { const b = await body(req); return [200, { look: 'rec_2001', items: b.records.map((id: string) => ({ id, event: { specversion: '1.0', type: 'message.sent', source: '/wecom/archive', id: 'msg-1', time: '2026-02-03T10:14:00+08:00', subject: 'E1005', data: { channel: 'wecom', conversation: 'c-01', from: { employee: 'E1005' }, to: [{ external: 'wm_01', name: '马经理' }], text: '我介绍你到鼎新公司买,给你返10%' } } })) }] }
  if (path === '/records') return [200, page(d.records.filter((r) => !q.get('kind') || r.kind.startsWith(q.get('kind')!.replace('*', ''))))]
  if ((m = is('GET', /^\/records\/(.+)$/))) { const r = d.records.find((x) => x.id === m![1]); return r ? [200, { ...r, leaf: '01' + 'ab3f'.repeat(16), proof: { size: 5120, verified: true } }] : [404, problem(404, '没有这条记录')] }
  if (path === '/sources') return [200, page([{ source: '/crm/main', name: '客户管理系统', kinds: ['customer.*', 'order.*'], basis: { kind: 'contract', notice: '员工手册第 12 条', notice_version: '3', assessed_on: '2026-01-05' }, version: 2, registered_at: '2026-01-05T00:00:00Z', records: 18211, last_received_at: new Date(Date.now() - 600000).toISOString() }, { source: '/wecom/archive', name: '企业微信会话存档', kinds: ['message.sent', 'consent.changed'], basis: { kind: 'hr_necessity', notice: '会话存档告知书', notice_version: '1', assessed_on: '2026-01-05' }, version: 1, registered_at: '2026-01-05T00:00:00Z', records: 40122, last_received_at: new Date(Date.now() - 86400000 * 9).toISOString() }])]
  if (path === '/tokens') return method === 'POST' ? [201, { id: 't9', name: 'x', scopes: ['ingest'], sources: null, expires_at: null, token: 'pbt_9s8df7g6h5j4k3l2' }] : [200, page([{ id: 't1', name: '客户管理系统接入', scopes: ['ingest'], sources: ['/crm/main'], expires_at: '2027-01-01T00:00:00Z', created_at: '2026-01-05T00:00:00Z', last_used_at: new Date().toISOString() }])]
  if (path === '/users') return [200, page(people.map(([r, name]) => ({ id: `u_${r}`, login: r, name, role: r, employee: null, disabled: r === 'union', last_seen_at: new Date().toISOString() })))]
  if (path === '/quarantine') return [200, page([{ id: 'q1', source: '/bank/old', source_id: 'b-7', kind: 'transfer.booked', code: 'basis_missing', detail: '个人账户流水没有写明合法来源（basis），依法不得留存内容。', received_at: new Date(Date.now() - 3600000).toISOString(), expires_at: new Date(Date.now() + 86400000 * 20).toISOString(), held: false }, { id: 'q2', source: '/crm/old', source_id: 'c-9', kind: 'customer.assigned', code: 'source_unregistered', detail: '来源 /crm/old 尚未登记。登记来源后可放行。', received_at: new Date(Date.now() - 7200000).toISOString(), expires_at: new Date(Date.now() + 86400000 * 29).toISOString(), held: true }])]
  if (path === '/lexicon/try') { const b = await body(req); return [200, { items: b.texts.map((t: string) => ({ alert: t.includes('返'), hits: t.includes('返') ? [{ word: '返点', category: 'kickback', severity: 'high', step: 'exact', start: [...t].indexOf('返'), end: [...t].indexOf('返') + 3, strong: true, exception: null, alerting: true }] : [] })) }] }
  if (path === '/lexicon') return [200, { version: '3', entries: [['私单', 'diversion'], ['飞单', 'diversion'], ['返点', 'kickback'], ['好处费', 'kickback'], ['加我微信', 'channel'], ['私下转账', 'payment']].map(([word, category]) => ({ word, category, severity: 'high', variants: word === '返点' ? ['返X%', '返X个点'] : [], lang: 'zh' })), categories: [{ id: 'diversion', zh: '转客', en: 'Diversion' }, { id: 'kickback', zh: '好处', en: 'Kickback' }, { id: 'channel', zh: '私人渠道', en: 'Private channel' }, { id: 'payment', zh: '私下付款', en: 'Private payment' }], exceptions: [{ name: 'prohibition', scope: 'clause', place: 'before', cues: ['禁止', '请勿'] }], steps: { traditional: true, compatibility: true, invisible: true, gaps: true, split: true, same_sound: true, pinyin: true, initials: true }, versions: [{ version: '3', at: '2026-03-01T00:00:00Z', by: '韩志远' }, { version: 'shipped', at: '2026-01-01T00:00:00Z', by: '守正' }] }]
  if (path === '/log') return [200, { origin: 'yunshan.example/probity', vkey: 'yunshan.example/probity+7d1c0a2f+AZ0vXh2Uo0sXcYkq2rZ0Z0mB3bO0u2yJcJ2d8o6mXq1P', fingerprint: '5e1f0c9ab2d47781'.repeat(4), epoch: 1, size: 58333, root_hash: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=', published_at: new Date(Date.now() - 20000).toISOString(), stamps: [{ size: 58000, authority: 'tsa.example', at: new Date(Date.now() - 3000000).toISOString(), verified: true }], authorities: [{ name: 'tsa.example', url: 'http://tsa.example/' }], checkpoints: Array.from({ length: 8 }, (_, i) => ({ size: 58333 - i * 211, root_hash: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=', at: new Date(Date.now() - i * 3600000).toISOString() })) }]
  if (path === '/looks') return [200, page(Array.from({ length: 9 }, (_, i) => ({ id: `rec_${2000 + i}`, at: new Date(Date.now() - i * 9e6).toISOString(), by: i % 2 ? '林晓岚' : '何文静', case: '2026-003', reason: '核对许诺的比例与收款', records: ['rec_1042', 'rec_1388'].slice(0, 1 + (i % 2)), employees: ['E1005'] })))]
  if (path === '/imports') return method === 'POST' ? [201, { id: 'im1', name: '支付宝账单.csv', layout: 'alipay', kind: 'transfer.booked', needs_basis: true, sheets: [{ name: '账单', columns: ['交易时间', '交易对方', '金额', '收/支', '备注'], rows: 312, preview: [['2026-02-22 14:30', '鼎新建材', '6800.00', '收入', '咨询费'], ['2026-02-23 09:10', '超市', '52.30', '支出', '']] }], mapping: { 交易时间: 'time', 交易对方: 'data.counterparty.name', 金额: 'data.amount', '收/支': 'data.direction', 备注: 'data.remark' } }] : [200, page([{ id: 'im0', name: '订单.xlsx', status: 'done', total: 830, done: 830, accepted: 822, duplicates: 5, quarantined: 1, skipped: 2, created_at: '2026-03-01T02:00:00Z' }])]
  if (/^\/imports\/[^/]+\/dry-run$/.test(path)) return [200, { total: 312, good: 308, skipped: 2, errors: [{ row: 17, column: '金额', value: '6,8oo', detail: '不是金额：含字母 o' }, { row: 204, column: '交易时间', value: '2026-02-30', detail: '没有这一天' }], samples: [{ type: 'transfer.booked', time: '2026-02-22T14:30:00+08:00' }] }]
  if (/^\/imports\/[^/]+\/run$/.test(path)) return [202, {}]
  if (is('GET', /^\/imports\/[^/]+$/)) return [200, { id: 'im1', status: 'done', total: 312, done: 312, accepted: 308, duplicates: 0, quarantined: 0, skipped: 4 }]
  if (path === '/overview') return [200, { employees: 60, customers: 212, sources: 2, silent_sources: 1, quarantine: 2, users: 7, tokens: 1, log_size: 58333, looks_7d: 12, cases_open: 1 }]
  return method === 'GET' ? [404, problem(404, '没有这个页面')] : [200, {}]
}

export const mock = (): Plugin => ({
  name: 'probity-mock',
  configureServer(server) {
    server.middlewares.use((req, res, next) => {
      const url = new URL(req.url ?? '/', 'http://x')
      if (!url.pathname.startsWith('/api/v1')) return next()
      const path = url.pathname.slice(7)
      if (path === '/events') {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        const at = setTimeout(() => res.write('event: alert\ndata: {"id":"al_new"}\n\n'), 6000)
        req.on('close', () => clearTimeout(at))
        return
      }
      void answer(req.method ?? 'GET', path, url.searchParams, req).then((a) => {
        const [status, out] = a ?? [404, problem(404, '—')]
        res.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' })
        res.end(out === null ? '' : JSON.stringify(out))
      })
    })
  },
})
