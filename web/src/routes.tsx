// The map of the page: each address and the file behind it, loaded when first opened.
import { createBrowserRouter, type RouteObject } from 'react-router'
import { Broken } from './ui/broken.tsx'
import { Shell } from './shell.tsx'

const page = (path: string, load: () => Promise<{ default: React.ComponentType }>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()).default }),
})

export const router = createBrowserRouter([
  {
    errorElement: <Broken />,
    hydrateFallbackElement: <div className="boot" />,
    children: [
      page('/signin', () => import('./pages/access/sign-in.tsx')),
      page('/setup', () => import('./pages/access/set-up.tsx')),
      page('/invite/:code', () => import('./pages/access/invite.tsx')),
      {
        element: <Shell />,
        children: [
          {
            errorElement: <Broken />,
            children: [
              page('/', () => import('./pages/home/home.tsx')),
              page('/alerts', () => import('./pages/alerts/queue.tsx')),
              page('/alerts/:id', () => import('./pages/alerts/alert.tsx')),
              page('/chains', () => import('./pages/evidence/chains.tsx')),
              page('/employees/:number/chains/:id', () => import('./pages/evidence/chain-page.tsx')),
              page('/cases', () => import('./pages/cases/list.tsx')),
              page('/cases/:id', () => import('./pages/cases/case.tsx')),
              page('/handovers', () => import('./pages/handover/list.tsx')),
              page('/handovers/:id', () => import('./pages/handover/handover.tsx')),
              page('/handovers/:id/certificate', () => import('./pages/handover/certificate.tsx')),
              page('/processes', () => import('./pages/handover/process.tsx')),
              page('/outbox', () => import('./pages/notify/outbox.tsx')),
              page('/outbox/:id', () => import('./pages/notify/letter.tsx')),
              page('/employees', () => import('./pages/people/list.tsx')),
              page('/employees/:number', () => import('./pages/people/employee.tsx')),
              page('/departments', () => import('./pages/people/departments.tsx')),
              page('/contracts', () => import('./pages/contracts/soon.tsx')),
              page('/assets', () => import('./pages/assets/list.tsx')),
              page('/policies', () => import('./pages/policies/list.tsx')),
              page('/policies/:id', () => import('./pages/policies/policy.tsx')),
              page('/interests', () => import('./pages/people/matches.tsx')),
              page('/requests', () => import('./pages/requests/requests.tsx')),
              page('/mine', () => import('./pages/mine/mine.tsx')),
              page('/customers', () => import('./pages/customers/list.tsx')),
              page('/promises', () => import('./pages/customers/promises.tsx')),
              page('/reassignments', () => import('./pages/customers/reassignments.tsx')),
              page('/snapshots/:number', () => import('./pages/customers/snapshots.tsx')),
              page('/customers/:id', () => import('./pages/customers/customer.tsx')),
              page('/companies', () => import('./pages/companies/companies.tsx')),
              page('/records', () => import('./pages/records/browser.tsx')),
              page('/imports', () => import('./pages/intake/imports.tsx')),
              page('/sources', () => import('./pages/intake/sources.tsx')),
              page('/quarantine', () => import('./pages/intake/quarantine.tsx')),
              page('/tokens', () => import('./pages/access/tokens.tsx')),
              page('/users', () => import('./pages/access/users.tsx')),
              page('/roles', () => import('./pages/roles/roles.tsx')),
              page('/restrictions', () => import('./pages/restrictions/restrictions.tsx')),
              page('/my-access', () => import('./pages/restrictions/own.tsx')),
              page('/account', () => import('./pages/access/account.tsx')),
              page('/company', () => import('./pages/access/company.tsx')),
              page('/rules', () => import('./pages/alerts/rules.tsx')),
              page('/looks', () => import('./pages/access/looks.tsx')),
              page('/lexicon', () => import('./pages/signals/lexicon.tsx')),
              page('/evidence-log', () => import('./pages/log/log.tsx')),
              page('*', () => import('./ui/missing.tsx')),
            ],
          },
        ],
      },
    ],
  },
])
