// Which fields a column may be mapped to, by kind. ★ of the contract are `needed`.
export const FIELDS: Record<string, { needed: string[]; more: string[] }> = {
  'employee.upserted': { needed: ['number', 'name'], more: ['department', 'title', 'manager', 'hired_on', 'status', 'left_on', 'phones', 'emails'] },
  'customer.upserted': { needed: ['customer', 'name'], more: ['tier', 'since'] },
  'customer.assigned': { needed: ['customer', 'employee', 'from'], more: ['until', 'reason'] },
  'customer.followed_up': { needed: ['customer', 'employee'], more: ['channel', 'note'] },
  'customer.accessed': { needed: ['customer', 'employee', 'action'], more: ['fields', 'count', 'device', 'ip'] },
  'customer.lost': { needed: ['customer', 'employee'], more: ['to_company', 'reason'] },
  'company.upserted': { needed: ['company', 'name'], more: ['kind', 'aliases', 'persons', 'accounts'] },
  'interest.declared': { needed: ['employee', 'company', 'relation'], more: [] },
  'inquiry.received': { needed: ['customer'], more: ['employee', 'topic'] },
  'deal.stage_changed': { needed: ['deal', 'customer', 'employee', 'stage'], more: ['amount', 'from_stage'] },
  'order.placed': { needed: ['order', 'customer', 'employee'], more: ['amount'] },
  'order.cancelled': { needed: ['order', 'customer', 'employee'], more: ['amount', 'reason'] },
  'order.transferred': { needed: ['order', 'customer', 'employee'], more: ['to_company', 'amount'] },
  'message.sent': { needed: ['channel', 'conversation', 'from', 'to'], more: ['text', 'msgtype'] },
  'call.made': { needed: ['employee', 'direction', 'number', 'duration_s'], more: ['company', 'customer'] },
  'transfer.booked': {
    needed: ['direction', 'amount', 'counterparty.name', 'booked_on'],
    more: ['counterparty.account', 'counterparty.company', 'employee', 'remark'],
  },
  'visit.checked_in': { needed: ['employee', 'position'], more: ['customer', 'task', 'device', 'mock_location'] },
  'attendance.recorded': { needed: ['employee', 'date'], more: ['in', 'out', 'status'] },
  'leave.taken': { needed: ['employee', 'from', 'until'], more: ['kind'] },
  'performance.rated': { needed: ['employee', 'period', 'score'], more: ['grade'] },
  'resignation.submitted': { needed: ['employee', 'submitted_on'], more: ['last_day', 'reason'] },
  'document.signed': { needed: ['employee', 'document', 'title', 'version', 'signed_at'], more: ['method'] },
}

/** The targets a column may go to: the envelope's own fields first. */
export const targets = (kind: string | null | undefined) => {
  const known = kind ? FIELDS[kind] : undefined
  return [
    'time',
    'id',
    ...(known ? [...known.needed, ...known.more].map((f) => `data.${f}`) : []),
  ]
}

/** Needed fields that no column is mapped to yet. */
export const lacking = (kind: string | null | undefined, mapping: Record<string, string>) => {
  const held = new Set(Object.values(mapping))
  return (kind ? (FIELDS[kind]?.needed ?? []) : []).filter((f) => !held.has(`data.${f}`))
}

/**
 * The mapping after the kind was chosen anew: what still fits stays, and a column whose heading is a field's name,
 * or holds it, goes to that field if it is free.
 */
export const remapped = (
  kind: string,
  columns: string[],
  mapping: Record<string, string>,
  nameOf: (field: string) => string,
): Record<string, string> => {
  const open = targets(kind)
  const kept = Object.fromEntries(Object.entries(mapping).filter(([, to]) => open.includes(to)))
  const free = () => open.filter((f) => f !== 'time' && f !== 'id' && !Object.values(kept).includes(f))
  for (const exact of [true, false]) {
    for (const column of columns) {
      if (kept[column]) continue
      const fits = free().find((f) => {
        const short = f.replace(/^data\./, '')
        const name = nameOf(short)
        return exact ? column === name || column.toLowerCase() === short : column.includes(name)
      })
      if (fits) kept[column] = fits
    }
  }
  return kept
}
