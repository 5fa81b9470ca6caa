// Every address of the pages and who may open it: the list that pages.test.ts walks.
// An address with `>` is the first link of that list that fits the selector.
export const ROLES = ['hr', 'legal', 'sales_manager', 'auditor', 'admin', 'union', 'employee'] as const
export type Role = (typeof ROLES)[number]

const INVESTIGATORS: Role[] = ['hr', 'legal']
const EVERYONE: Role[] = [...ROLES]

export const ROOMS: { path: string; roles: Role[] }[] = [
  { path: '/', roles: EVERYONE },
  { path: '/no-such-page', roles: EVERYONE },
  { path: '/alerts', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/alerts?view=mine', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/alerts?view=closed', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/alerts?q=nobody-is-called-this', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/alerts > td a[href^="/alerts/"]', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/chains', roles: INVESTIGATORS },
  { path: '/chains > td a[href*="/chains/"]', roles: INVESTIGATORS },
  { path: '/cases', roles: INVESTIGATORS },
  { path: '/cases > td a[href^="/cases/"]', roles: INVESTIGATORS },
  { path: '/employees', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/employees > td a[href^="/employees/"]', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/customers', roles: [...INVESTIGATORS, 'sales_manager', 'employee'] },
  { path: '/customers > td a[href^="/customers/"]', roles: [...INVESTIGATORS, 'sales_manager', 'employee'] },
  { path: '/companies', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/records', roles: INVESTIGATORS },
  { path: '/sources', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/quarantine', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/imports', roles: ['hr', 'admin'] },
  { path: '/rules', roles: [...INVESTIGATORS, 'sales_manager'] },
  { path: '/lexicon', roles: [...INVESTIGATORS, 'admin'] },
  { path: '/evidence-log', roles: [...INVESTIGATORS, 'auditor', 'admin'] },
  { path: '/looks', roles: ['auditor'] },
  { path: '/company', roles: ['admin'] },
  { path: '/roles', roles: ['auditor', 'admin', 'legal'] },
  { path: '/restrictions', roles: [...INVESTIGATORS, 'sales_manager', 'auditor'] },
  { path: '/my-access', roles: EVERYONE },
  { path: '/users', roles: ['admin', 'legal', 'auditor'] },
  { path: '/account', roles: EVERYONE },
  { path: '/tokens', roles: ['admin'] },
]
