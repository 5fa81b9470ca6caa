// The map of the page: each address, and the file behind it, loaded when first opened. Read by start.ts before the
// libraries are there, so no page and no library for drawing may be imported here; routes.tsx makes the router of it.
import type { ComponentType, ReactNode } from 'react'
import type { Session } from './api/types.ts'
import { askForQueue } from './pages/alerts/queue-query.ts'

export interface Room {
  path: string
  load: () => Promise<{ default: ComponentType }>
  /** The first texts are enough for it (i18n/load.ts); texts.test.ts holds that they are. */
  near?: true
  /** Asks for what the room shows first, as soon as it is known who is signed in and before anything is drawn. */
  ahead?: (session: Session) => Promise<void>
  /** Ant Design, for a room with parts of it. One without is drawn before that library is there. */
  dress?: () => Promise<{ Dressed: ComponentType<{ children: ReactNode }> }>
}

const dress = () => import('./ui/dressed.tsx')
const room = (path: string, load: Room['load']): Room => ({ path, load, dress })
const nearRoom = (path: string, load: Room['load']): Room => ({ path, load, dress, near: true })

/** Before one is signed in: no rail beside them. */
export const gates: Room[] = [
  nearRoom('/signin', () => import('./pages/access/sign-in.tsx')),
  room('/setup', () => import('./pages/access/set-up.tsx')),
  room('/invite/:code', () => import('./pages/access/invite.tsx')),
]

export const rooms: Room[] = [
  room('/', () => import('./pages/home/home.tsx')),
  { path: '/alerts', load: () => import('./pages/alerts/queue.tsx'), near: true, ahead: askForQueue },
  room('/alerts/:id', () => import('./pages/alerts/alert.tsx')),
  room('/chains', () => import('./pages/evidence/chains.tsx')),
  room('/employees/:number/chains/:id', () => import('./pages/evidence/chain-page.tsx')),
  room('/cases', () => import('./pages/cases/list.tsx')),
  room('/cases/:id', () => import('./pages/cases/case.tsx')),
  room('/handovers', () => import('./pages/handover/list.tsx')),
  room('/handovers/:id', () => import('./pages/handover/handover.tsx')),
  room('/handovers/:id/certificate', () => import('./pages/handover/certificate.tsx')),
  room('/processes', () => import('./pages/handover/process.tsx')),
  room('/outbox', () => import('./pages/notify/outbox.tsx')),
  room('/employees', () => import('./pages/people/list.tsx')),
  room('/employees/:number', () => import('./pages/people/employee.tsx')),
  room('/departments', () => import('./pages/people/departments.tsx')),
  room('/contracts', () => import('./pages/contracts/soon.tsx')),
  room('/assets', () => import('./pages/assets/list.tsx')),
  room('/policies', () => import('./pages/policies/list.tsx')),
  room('/policies/:id', () => import('./pages/policies/policy.tsx')),
  room('/interests', () => import('./pages/people/matches.tsx')),
  room('/requests', () => import('./pages/requests/requests.tsx')),
  room('/mine', () => import('./pages/mine/mine.tsx')),
  room('/customers', () => import('./pages/customers/list.tsx')),
  room('/promises', () => import('./pages/customers/promises.tsx')),
  room('/reassignments', () => import('./pages/customers/reassignments.tsx')),
  room('/snapshots/:number', () => import('./pages/customers/snapshots.tsx')),
  room('/customers/:id', () => import('./pages/customers/customer.tsx')),
  room('/companies', () => import('./pages/companies/companies.tsx')),
  room('/records', () => import('./pages/records/browser.tsx')),
  room('/imports', () => import('./pages/intake/imports.tsx')),
  room('/sources', () => import('./pages/intake/sources.tsx')),
  room('/quarantine', () => import('./pages/intake/quarantine.tsx')),
  room('/tokens', () => import('./pages/access/tokens.tsx')),
  room('/users', () => import('./pages/access/users.tsx')),
  room('/roles', () => import('./pages/roles/roles.tsx')),
  room('/restrictions', () => import('./pages/restrictions/restrictions.tsx')),
  room('/my-access', () => import('./pages/restrictions/own.tsx')),
  room('/account', () => import('./pages/access/account.tsx')),
  room('/company', () => import('./pages/access/company.tsx')),
  nearRoom('/rules', () => import('./pages/alerts/rules.tsx')),
  room('/looks', () => import('./pages/access/looks.tsx')),
  room('/lexicon', () => import('./pages/signals/lexicon.tsx')),
  room('/evidence-log', () => import('./pages/log/log.tsx')),
  nearRoom('*', () => import('./ui/missing.tsx')),
]

const fits = (path: string, at: string[]) => {
  const parts = path.split('/').filter(Boolean)
  return parts.length === at.length && parts.every((part, i) => part.startsWith(':') || part === at[i])
}

/** The room of an address, as the router will find it. */
export const roomAt = (path: string): Room | undefined => {
  const at = path.split('/').filter(Boolean)
  return [...gates, ...rooms].find((r) => fits(r.path, at))
}
