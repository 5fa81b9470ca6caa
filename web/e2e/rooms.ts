// Every address of the pages and who may open it: the list that pages.test.ts walks, and holds to src/rooms.ts.
// An address with a name in it (`:id`) is reached by the first link of another page.
export const ROLES = ['hr', 'legal', 'sales_manager', 'auditor', 'admin', 'union', 'employee'] as const
export type Role = (typeof ROLES)[number]

export interface Room {
  path: string
  roles: Role[]
  /** The page whose first link leads here, and what that link looks like. */
  from?: string
  link?: string
}

const INVESTIGATORS: Role[] = ['hr', 'legal']
const LEADERS: Role[] = [...INVESTIGATORS, 'sales_manager']
const EVERYONE: Role[] = [...ROLES]

const ALERT = { from: '/alerts', link: 'td a[href^="/alerts/"]' }
const CHAIN = { from: '/chains', link: 'td a[href*="/chains/"]' }
const CASE = { from: '/cases', link: 'td a[href^="/cases/"]' }
const HANDOVER = { from: '/handovers', link: 'td a[href^="/handovers/"]' }
const EMPLOYEE = { from: '/employees', link: 'td a[href^="/employees/"]' }
const CUSTOMER = { from: '/customers', link: 'td a[href^="/customers/"]' }
const POLICY = { from: '/policies', link: 'td a[href^="/policies/"]' }

export const ROOMS: Room[] = [
  { path: '/', roles: EVERYONE },
  { path: '/no-such-page', roles: EVERYONE },
  { path: '/alerts', roles: LEADERS },
  { path: '/alerts?view=mine', roles: LEADERS },
  { path: '/alerts?view=closed', roles: LEADERS },
  { path: '/alerts?q=nobody-is-called-this', roles: LEADERS },
  { path: '/alerts/:id', roles: LEADERS, ...ALERT },
  { path: '/chains', roles: INVESTIGATORS },
  { path: '/employees/:number/chains/:id', roles: INVESTIGATORS, ...CHAIN },
  { path: '/cases', roles: INVESTIGATORS },
  { path: '/cases/:id', roles: INVESTIGATORS, ...CASE },
  { path: '/handovers', roles: EVERYONE },
  { path: '/handovers/:id', roles: LEADERS, ...HANDOVER },
  { path: '/handovers/:id/certificate', roles: LEADERS, ...HANDOVER },
  { path: '/processes', roles: ['hr'] },
  { path: '/outbox', roles: [...LEADERS, 'admin'] },
  { path: '/employees', roles: LEADERS },
  { path: '/employees/:number', roles: LEADERS, ...EMPLOYEE },
  { path: '/employees/:number?tab=customers', roles: ['hr', 'sales_manager'], ...EMPLOYEE },
  { path: '/employees/:number?tab=posts', roles: ['hr', 'sales_manager'], ...EMPLOYEE },
  { path: '/employees/:number?tab=assets', roles: ['hr', 'sales_manager'], ...EMPLOYEE },
  { path: '/departments', roles: LEADERS },
  { path: '/assets', roles: LEADERS },
  { path: '/assets?state=returned', roles: LEADERS },
  { path: '/contracts', roles: INVESTIGATORS },
  { path: '/policies', roles: INVESTIGATORS },
  { path: '/policies/:id', roles: INVESTIGATORS, ...POLICY },
  { path: '/interests', roles: ['hr'] },
  { path: '/requests', roles: INVESTIGATORS },
  { path: '/requests?view=all', roles: INVESTIGATORS },
  { path: '/mine', roles: EVERYONE },
  { path: '/my-access', roles: EVERYONE },
  { path: '/customers', roles: [...LEADERS, 'employee'] },
  { path: '/customers?q=nobody-is-called-this', roles: [...LEADERS, 'employee'] },
  { path: '/customers/:id', roles: [...LEADERS, 'employee'], ...CUSTOMER },
  { path: '/customers/:id?tab=dealings', roles: ['sales_manager', 'employee'], ...CUSTOMER },
  { path: '/customers/:id?tab=follow', roles: ['sales_manager', 'employee'], ...CUSTOMER },
  { path: '/customers/:id?on=2026-01-05', roles: ['sales_manager'], ...CUSTOMER },
  { path: '/promises', roles: [...LEADERS, 'employee'] },
  { path: '/reassignments', roles: ['hr', 'sales_manager'] },
  { path: '/snapshots/:number', roles: ['hr', 'sales_manager'], ...EMPLOYEE },
  { path: '/companies', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/records', roles: INVESTIGATORS },
  { path: '/sources', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/quarantine', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/imports', roles: ['hr', 'admin'] },
  { path: '/rules', roles: LEADERS },
  { path: '/lexicon', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/evidence-log', roles: [...INVESTIGATORS, 'auditor', 'admin'] },
  { path: '/looks', roles: ['auditor'] },
  { path: '/company', roles: ['admin'] },
  { path: '/roles', roles: ['auditor', 'admin', 'legal'] },
  { path: '/restrictions', roles: [...LEADERS, 'auditor'] },
  { path: '/users', roles: ['admin', 'legal', 'auditor'] },
  { path: '/account', roles: EVERYONE },
  { path: '/tokens', roles: ['admin'] },
]

/** Addresses of src/rooms.ts that open without signing in; each has a test of its own. */
export const OUTSIDE = ['/signin', '/setup', '/invite/:code']

/** The address of a room, from the first link that leads there: `/snapshots/:number` takes the number of an employee's page. */
export function addressOf(path: string, href: string): string {
  const [pattern = '', query] = path.split('?')
  const given = href.split('?')[0] ?? ''
  const last = given.split('/').at(-1) ?? ''
  const fits = new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(given)
  const made = fits ? given : pattern.replace(/:\w+/, last)
  return query ? `${made}?${query}` : made
}
