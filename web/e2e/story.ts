// The records of the story: who serves 恒达建材, what he writes, the order that moves, the payment that fits.
const day = (ago: number, hour = 10) => {
  const at = new Date(Date.now() - ago * 86_400_000)
  at.setUTCHours(hour, 0, 0, 0)
  return at
}

export const WHO = 'E2E-7001'
export const NAME = '许知远'
const CUSTOMER = 'E2E-C1'
const RIVAL = 'E2E-K1'
export const TEXT = '我介绍你到鼎新公司买,给你返10%'

const event = (source: string, type: string, id: string, time: Date, subject: string | undefined, data: object) => ({
  specversion: '1.0',
  source,
  type,
  id,
  time: time.toISOString(),
  ...(subject ? { subject } : {}),
  data,
})

const crm = (type: string, id: string, time: Date, subject: string | undefined, data: object) =>
  event('/e2e/crm', type, id, time, subject, data)

export const before = () => [
  crm('employee.upserted', 'emp', day(400), WHO, {
    number: WHO,
    name: NAME,
    department: '华东销售部',
    title: '客户经理',
    hired_on: '2023-04-03',
    status: 'active',
  }),
  crm('company.upserted', 'rival', day(300), undefined, {
    company: RIVAL,
    name: '鼎新建材有限公司',
    kind: 'competitor',
    aliases: ['鼎新公司', '鼎新'],
    persons: ['吴志刚'],
  }),
  crm('customer.upserted', 'cust', day(300), undefined, { customer: CUSTOMER, name: '恒达建材', tier: 'high_value' }),
  crm('customer.assigned', 'assign', day(290), WHO, { customer: CUSTOMER, employee: WHO, from: day(290).toISOString() }),
]

/** A colleague's, so that a list that was empty has something to show. */
export const saidBefore = () => [
  crm('employee.upserted', 'emp-2', day(400), 'E2E-7002', { number: 'E2E-7002', name: '方晓', department: '华东销售部', hired_on: '2023-04-03', status: 'active' }),
  event('/e2e/wecom', 'message.sent', 'msg-before', day(5, 2), 'E2E-7002', {
    channel: 'wecom',
    conversation: 'e2e-talk-before',
    from: { employee: 'E2E-7002' },
    to: [{ external: 'wm_other', name: '孙经理' }],
    text: '你走我私人渠道下单，回扣给你5个点',
    msgtype: 'text',
  }),
]

export const said = () => [
  event('/e2e/wecom', 'message.sent', 'msg', day(5, 3), WHO, {
    channel: 'wecom',
    conversation: 'e2e-talk',
    from: { employee: WHO },
    to: [{ external: 'wm_buyer', name: '马经理', customer: CUSTOMER }],
    text: TEXT,
    msgtype: 'text',
  }),
]

export const after = () => [
  crm('order.transferred', 'moved', day(3), WHO, {
    order: 'E2E-O1',
    customer: CUSTOMER,
    employee: WHO,
    to_company: RIVAL,
    amount: { amount: '68000.00', currency: 'CNY' },
  }),
  event('/e2e/bank', 'transfer.booked', 'paid', day(1), WHO, {
    direction: 'in',
    amount: { amount: '6800.00', currency: 'CNY' },
    counterparty: { name: '鼎新建材有限公司', company: RIVAL },
    booked_on: day(1).toISOString().slice(0, 10),
    employee: WHO,
    remark: '咨询费',
    basis: 'voluntary_submission',
  }),
]

const basis = { kind: 'hr_necessity', notice: '数据处理告知书', notice_version: '1', assessed_on: '2026-01-05' }
export const sources = [
  { source: '/e2e/crm', name: '客户系统', kinds: ['employee.*', 'company.*', 'customer.*', 'order.*'], basis },
  { source: '/e2e/wecom', name: '会话存档', kinds: ['message.sent'], basis },
  { source: '/e2e/bank', name: '自愿提交的流水', kinds: ['transfer.booked'], basis: { ...basis, kind: 'consent' } },
]

export const send = async (url: string, token: string, events: object[]) => {
  const answer = await fetch(`${url}/api/v1/records`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  })
  const body = (await answer.json()) as { accepted?: number; quarantined?: unknown[] }
  if (!answer.ok || body.quarantined?.length) throw new Error(`records were not taken in: ${JSON.stringify(body)}`)
  return body
}

export const register = async (url: string, token: string) => {
  for (const source of sources) {
    const answer = await fetch(`${url}/api/v1/sources`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(source),
    })
    if (!answer.ok) throw new Error(`source ${source.source}: ${await answer.text()}`)
  }
}
