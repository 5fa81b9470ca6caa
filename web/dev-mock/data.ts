// A small believable company for looking at pages before the server is there.
const iso = (s: string) => new Date(s).toISOString()
const pick = <T>(list: T[], i: number) => list[i % list.length] as T

const family = ['周', '林', '许', '何', '沈', '韩', '唐', '邓', '冯', '曹', '彭', '萧']
const given = ['启明', '晓岚', '子轩', '文静', '国栋', '雨桐', '志远', '佳怡', '建军', '思源', '海燕', '浩然']
const depts = ['华东销售部', '华南销售部', '大客户部', '市场部', '人力资源部', '财务部']

export const employees = Array.from({ length: 60 }, (_, i) => ({
  number: `E${1001 + i}`,
  name: pick(family, i * 5 + 2) + pick(given, i * 7 + 3),
  department: pick(depts, i % 9 < 6 ? i : 0),
  title: i % 9 === 0 ? '销售经理' : i % 6 < 3 ? '客户经理' : '专员',
  manager: i % 9 === 0 ? null : 'E1001',
  status: i === 7 ? 'resigning' : i === 21 ? 'left' : 'active',
  hired_on: `20${18 + (i % 7)}-0${1 + (i % 9)}-12`,
  left_on: i === 21 ? '2026-02-28' : null,
  customers: i % 6 < 3 ? 4 + (i % 7) : 0,
  open_alerts: i === 4 ? 3 : i % 11 === 0 ? 1 : 0,
}))
const zhou = employees[4]!
zhou.name = '周启明'

const custNames = ['恒达建材', '新源装饰', '宏远机电', '瑞丰食品', '嘉和物业', '东方印务', '金桥物流', '天禾农业', '永信五金', '明湖酒店']
export const customers = custNames.map((name, i) => ({
  customer: `C${201 + i}`,
  name,
  tier: i % 3 === 0 ? 'high_value' : 'normal',
  since: `202${i % 5}-03-01`,
  employee: i < 4 ? zhou.number : employees[i]!.number,
  employee_name: i < 4 ? zhou.name : employees[i]!.name,
  placeholder: i === 9,
}))

export const companies = [
  { company: 'K01', name: '鼎新建材有限公司', kind: 'competitor', aliases: ['鼎新公司', '鼎新'], persons: ['吴志刚'], accounts: ['6222 **** 8817'], sites: [{ name: '鼎新门市', radius_m: 300 }] },
  { company: 'K02', name: '博雅贸易行', kind: 'related', aliases: ['博雅'], persons: ['周启亮'], accounts: [], sites: [] },
  { company: 'OWN', name: '云杉商贸有限公司', kind: 'own', aliases: ['云杉', '云杉商贸'], persons: [], accounts: [], sites: [] },
  { company: 'S11', name: '南江水泥厂', kind: 'supplier', aliases: [], persons: [], accounts: [], sites: [] },
]

const rec = (index: number, kind: string, at: string, label: string, source: string, more: object = {}) => ({
  id: `rec_${index}`, index, source, source_id: `${kind.slice(0, 3)}-${index}`, kind, at: iso(at), received_at: iso(at),
  employee: zhou.number, subjects: [`e:${zhou.number}`, 'c:C201'], label, erased: false, corrects: null, corrected_by: null, ...more,
})
export const records = [
  rec(88, 'customer.assigned', '2025-03-02T01:00:00Z', '恒达建材', '/crm/main'),
  rec(1042, 'message.sent', '2026-02-03T02:14:00Z', '企业微信', '/wecom/archive'),
  rec(1043, 'message.sent', '2026-02-03T02:16:00Z', '企业微信', '/wecom/archive'),
  rec(1077, 'customer.accessed', '2026-02-05T12:40:00Z', '导出', '/crm/main'),
  rec(1201, 'order.transferred', '2026-02-17T08:00:00Z', '恒达建材', '/crm/main'),
  rec(1388, 'transfer.booked', '2026-02-22T06:30:00Z', '入账', '/bank/voluntary'),
  ...Array.from({ length: 60 }, (_, i) =>
    rec(1400 + i, pick(['message.sent', 'customer.followed_up', 'call.made', 'visit.checked_in', 'order.placed'], i),
      `2026-02-${String(1 + (i * 3) % 28).padStart(2, '0')}T0${1 + (i % 8)}:20:00Z`, pick(custNames, i), pick(['/wecom/archive', '/crm/main', '/pbx'], i))),
].sort((a, b) => b.at.localeCompare(a.at))

export const chains = [
  {
    id: 'ch1', pattern: 'chain.diversion', score: 0.94, from: iso('2026-02-03T02:14:00Z'), until: iso('2026-02-22T06:30:00Z'),
    employee: zhou.number, employee_name: zhou.name, customer: 'C201', customer_name: '恒达建材',
    companies: [{ company: 'K01', name: '鼎新建材有限公司', via: '聊天中点名，转走订单的去向' }],
    steps: [
      { record: 'rec_88', kind: 'customer.assigned', at: iso('2025-03-02T01:00:00Z'), role: 'could', why: '当时由他负责客户恒达建材', confidence: 1, title: '客户分派', source: '/crm/main', links: [{ to: 'rec_1042', why: '同一客户', confidence: 0.95 }] },
      { record: 'rec_1042', kind: 'message.sent', at: iso('2026-02-03T02:14:00Z'), role: 'said', why: '对客户说出“介绍…到鼎新买”并许诺 10%', confidence: 0.95, title: '聊天消息', source: '/wecom/archive', links: [{ to: 'rec_1201', why: '点名的公司即订单去向', confidence: 0.9 }] },
      { record: 'rec_1201', kind: 'order.transferred', at: iso('2026-02-17T08:00:00Z'), role: 'did', why: '恒达建材的订单转到鼎新', confidence: 0.95, title: '订单转走', source: '/crm/main', links: [{ to: 'rec_1388', why: '金额等于订单的 10%', confidence: 0.97 }] },
      { record: 'rec_1388', kind: 'transfer.booked', at: iso('2026-02-22T06:30:00Z'), role: 'paid', why: '鼎新付款，金额与许诺相符', confidence: 0.97, title: '转账入账', source: '/bank/voluntary', links: [{ to: 'rec_1042', why: '金额与许诺的 10% 相符', confidence: 0.95 }] },
    ],
    gaps: ['没有鼎新一方的订单原件', '没有通话录音'],
  },
  {
    id: 'ch2', pattern: 'chain.diversion', score: 0.62, from: iso('2026-01-10T02:14:00Z'), until: iso('2026-02-02T06:30:00Z'),
    employee: employees[10]!.number, employee_name: employees[10]!.name, customer: 'C203', customer_name: '宏远机电', companies: [],
    steps: [
      { record: 'rec_1401', kind: 'message.sent', at: iso('2026-01-10T02:14:00Z'), role: 'said', why: '提到“别走公司”', confidence: 0.8, title: '聊天消息', links: [] },
      { record: 'rec_1402', kind: 'customer.assigned', at: iso('2025-08-10T02:14:00Z'), role: 'could', why: '当时负责此客户', confidence: 1, title: '客户分派', links: [{ to: 'rec_1401', why: '同一客户', confidence: 1 }] },
      { record: 'rec_1403', kind: 'customer.lost', at: iso('2026-02-02T06:30:00Z'), role: 'did', why: '客户流失到另一家公司', confidence: 0.7, title: '客户流失', links: [{ to: 'rec_1401', why: '同一客户，说在先', confidence: 0.7 }] },
    ],
    gaps: [{ role: 'paid', text: '没有合法取得的收款记录' }],
  },
]

const explanation = (chain: boolean) => ({
  value: chain ? 0.94 : 2, threshold: chain ? 0.7 : 1, numerator: null, denominator: null, unit: chain ? 'score' : 'hits', window: chain ? '90d' : '30d',
  baseline: null,
  missing: ['没有电话录音，无法知道口头沟通', '竞争对手一方的订单不在我方系统'],
  innocent: ['客户主动询问价格，员工只是转述', '公司曾批准把该客户介绍给合作伙伴', '返点是供应商给公司的政策'],
})
const words = [
  { word: '返点', category: 'kickback', severity: 'high', step: 'exact', at: iso('2026-02-03T02:14:00Z'), record: 'rec_1042', direction: 'out' },
  { word: '介绍客户', category: 'diversion', severity: 'high', step: 'same_sound', at: iso('2026-02-03T02:16:00Z'), record: 'rec_1043', direction: 'out' },
]
export const alerts = Array.from({ length: 26 }, (_, i) => {
  const who = i < 2 ? zhou : pick(employees, i * 7)
  const chain = i % 6 === 0
  const status = i > 20 ? 'closed' : i > 18 ? 'snoozed' : 'open'
  return {
    id: `al_${i + 1}`, rule: chain ? 'chain.diversion' : 'words.diversion', employee: who.number, employee_name: who.name, department: who.department,
    severity: i < 9 ? 'high' : i < 16 ? 'medium' : 'low', status, outcome: status === 'closed' ? 'false_positive' : null, backfilled: i % 10 === 3,
    raised_at: new Date(Date.now() - i * i * 3_900_000 - 240_000).toISOString(),
    title: chain ? `${who.name}：恒达建材的订单转到鼎新，并收到相当于 10% 的款项` : `${who.name}对客户说出“${pick(['返点', '别走公司', '介绍费', '私单'], i)}”`,
    explanation: explanation(chain), records: chain ? ['rec_88', 'rec_1042', 'rec_1201', 'rec_1388'] : ['rec_1042', 'rec_1043'],
    conversation: 'wecom-c-01', customer: 'C201', assignee: i % 4 === 1 ? 'u_hr' : null, snoozed_until: status === 'snoozed' ? '2026-12-01T00:00:00Z' : null,
    closed_at: null, reason: status === 'closed' ? '已核实，为供应商给公司的返点' : null, chain: chain ? 'ch1' : null, words: chain ? [] : words,
  }
})

export const cases = [
  { id: 'cs1', number: '2026-003', title: '恒达建材订单外流', employee: zhou.number, employee_name: zhou.name, status: 'open', opened_at: iso('2026-03-02T02:00:00Z'), opened_by: '林晓岚', records: 4, alerts: 2 },
  { id: 'cs2', number: '2026-001', title: '宏远机电流失调查', employee: 'E1011', employee_name: employees[10]!.name, status: 'closed', opened_at: iso('2026-01-12T02:00:00Z'), opened_by: '林晓岚', records: 3, alerts: 1 },
]
export const caseDetail = {
  ...cases[0], reason: '聊天用语、订单去向和收款三者相符，需要核实', alerts: [alerts[0]],
  records: [
    { id: 'rec_88', kind: 'customer.assigned', at: iso('2025-03-02T01:00:00Z'), added_at: iso('2026-03-02T02:00:00Z'), added_by: '林晓岚', reason: '立案', grade: 'A', missing: [] },
    { id: 'rec_1042', kind: 'message.sent', at: iso('2026-02-03T02:14:00Z'), added_at: iso('2026-03-02T02:00:00Z'), added_by: '林晓岚', reason: '立案', grade: 'B', missing: ['员工对会话存档的知情确认'] },
    { id: 'rec_1201', kind: 'order.transferred', at: iso('2026-02-17T08:00:00Z'), added_at: iso('2026-03-02T02:00:00Z'), added_by: '林晓岚', reason: '立案', grade: 'A', missing: [] },
    { id: 'rec_1388', kind: 'transfer.booked', at: iso('2026-02-22T06:30:00Z'), added_at: iso('2026-03-02T02:00:00Z'), added_by: '林晓岚', reason: '立案', grade: 'C', missing: ['自愿提交的签字说明'] },
  ],
  files: [{ sha256: 'a'.repeat(64), name: '谈话记录.pdf', size: 231_004, added_at: iso('2026-03-03T06:00:00Z') }],
  events: [
    { at: iso('2026-03-02T02:00:00Z'), by: '林晓岚', kind: 'opened', text: '聊天用语、订单去向和收款三者相符，需要核实', record: null },
    { at: iso('2026-03-02T02:05:00Z'), by: '林晓岚', kind: 'opened_content', text: '核对许诺的比例', record: 'rec_1042' },
    { at: iso('2026-03-03T06:00:00Z'), by: '何文静', kind: 'file', text: '谈话记录.pdf', record: null },
    { at: iso('2026-03-04T06:00:00Z'), by: '何文静', kind: 'note', text: '已通知工会，等待书面回复。', record: null },
  ],
  packages: [], revision: 5,
}
