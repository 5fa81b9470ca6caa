// Every call the pages make, by room: typed by the contract, nothing reshaped.
import { ask, client } from './http.ts'
import { staff } from './staff.ts'
import type * as T from './types.ts'

/** openapi-fetch would write a file as JSON; the browser writes the multipart body and its boundary itself. */
const asForm = (body: { file: unknown }) => {
  const form = new FormData()
  form.append('file', body.file as File)
  return form
}

export const api = {
  ...staff,
  session: {
    read: () => ask(client.GET('/api/v1/session')),
    signIn: (body: T.SignIn) => ask(client.POST('/api/v1/session', { body })),
    signOut: () => ask(client.DELETE('/api/v1/session')),
    demoPeople: () => ask(client.GET('/api/v1/session/demo')),
    setUp: (body: T.Setup) => ask(client.POST('/api/v1/setup', { body })),
    askPasskey: () => ask(client.POST('/api/v1/session/passkey/start')),
    signInByPasskey: (body: T.PasskeyAnswer) => ask(client.POST('/api/v1/session/passkey', { body })),
    lookAtLink: (code: string) => ask(client.POST('/api/v1/invitations/look', { body: { code } })),
    acceptLink: (body: { code: string; password: string }) => ask(client.POST('/api/v1/invitations/accept', { body })),
  },
  account: {
    read: () => ask(client.GET('/api/v1/account')),
    changePassword: (body: { password: string; new_password: string }) => ask(client.POST('/api/v1/account/password', { body })),
    beginTotp: (password: string) => ask(client.POST('/api/v1/account/totp', { body: { password } })),
    confirmTotp: (code: string) => ask(client.POST('/api/v1/account/totp/confirm', { body: { code } })),
    endTotp: (password: string) => ask(client.POST('/api/v1/account/totp/off', { body: { password } })),
    renewCodes: (password: string) => ask(client.POST('/api/v1/account/recovery-codes', { body: { password } })),
    beginPasskey: (password: string) => ask(client.POST('/api/v1/account/passkeys/start', { body: { password } })),
    keepPasskey: (body: T.NewPasskey) => ask(client.POST('/api/v1/account/passkeys', { body })),
    removePasskey: (id: string, password: string) =>
      ask(client.POST('/api/v1/account/passkeys/{id}/remove', { params: { path: { id } }, body: { password } })),
    sessions: () => ask(client.GET('/api/v1/account/sessions')),
    endSession: (id: string) => ask(client.DELETE('/api/v1/account/sessions/{id}', { params: { path: { id } } })),
    endOthers: () => ask(client.POST('/api/v1/account/sessions/end-others')),
  },
  company: {
    read: () => ask(client.GET('/api/v1/company')),
    // The document gives this call and the one on /companies/{id} one name, so its type is the other's: the body is held here.
    save: (body: T.CompanySettings) => ask(client.PUT('/api/v1/company', { body } as never)) as Promise<T.CompanySettings>,
  },
  users: {
    list: (query: T.Query<'list_users'>) => ask(client.GET('/api/v1/users', { params: { query } })),
    /** How many there are, and whether somebody is set up; of more than this, so many and more. */
    first: () => ask(client.GET('/api/v1/users', { params: { query: { limit: 500 } } })),
    create: (body: T.CreateUser) => ask(client.POST('/api/v1/users', { body })),
    change: (id: string, body: T.ChangeUser) => ask(client.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body })),
    inviteAgain: (id: string) => ask(client.POST('/api/v1/users/{id}/invitation', { params: { path: { id } } })),
    reset: (id: string, second_factor: boolean) =>
      ask(client.POST('/api/v1/users/{id}/reset', { params: { path: { id } }, body: { second_factor } })),
    endSessions: (id: string) => ask(client.DELETE('/api/v1/users/{id}/sessions', { params: { path: { id } } })),
    changes: (query: T.Query<'list_changes'>) => ask(client.GET('/api/v1/user-changes', { params: { query } })),
    decide: (id: string, body: T.Decision) => ask(client.POST('/api/v1/user-changes/{id}/decide', { params: { path: { id } }, body })),
    withdraw: (id: string) => ask(client.POST('/api/v1/user-changes/{id}/withdraw', { params: { path: { id } } })),
    collect: (id: string) => ask(client.POST('/api/v1/user-changes/{id}/collect', { params: { path: { id } } })),
    rules: () => ask(client.GET('/api/v1/sign-in-rules')),
    saveRules: (body: T.SignInRules) => ask(client.PUT('/api/v1/sign-in-rules', { body })),
  },
  tokens: {
    list: (query: T.Query<'list_tokens'>) => ask(client.GET('/api/v1/tokens', { params: { query } })),
    create: (body: T.CreateToken) => ask(client.POST('/api/v1/tokens', { body })),
    revoke: (id: string) => ask(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } })),
  },
  sources: {
    list: () => ask(client.GET('/api/v1/sources')),
    save: (body: T.NewSource) => ask(client.PUT('/api/v1/sources', { body })),
    approve: (source: string) => ask(client.POST('/api/v1/sources/approve', { body: { source } })),
  },
  roles: {
    list: () => ask(client.GET('/api/v1/roles')),
    create: (body: T.SaveRole) => ask(client.POST('/api/v1/roles', { body })),
    save: (id: string, body: T.SaveRole) => ask(client.PUT('/api/v1/roles/{id}', { params: { path: { id } }, body })),
    remove: (id: string, reason: string) => ask(client.DELETE('/api/v1/roles/{id}', { params: { path: { id } }, body: { reason } })),
    preview: (body: T.SaveRole & { id: string | null }) => ask(client.POST('/api/v1/roles/preview', { body })),
    versions: (id: string) => ask(client.GET('/api/v1/roles/{id}/versions', { params: { path: { id }, query: { limit: 100 } } })),
    decide: (id: string, body: { version: number; agree: boolean; reason: string }) =>
      ask(client.POST('/api/v1/roles/{id}/decide', { params: { path: { id } }, body })),
    waiting: () => ask(client.GET('/api/v1/roles/waiting')),
    templates: () => ask(client.GET('/api/v1/roles/templates')),
    applyTemplate: (id: string, reason: string) => ask(client.POST('/api/v1/roles/templates/{id}', { params: { path: { id } }, body: { reason } })),
    simulate: (body: T.SimulateBody) => ask(client.POST('/api/v1/roles/simulate', { body })),
    field: (field: string) => ask(client.GET('/api/v1/roles/fields/{field}', { params: { path: { field } } })),
  },
  restrictions: {
    list: (query: T.Query<'list_restrictions'>) => ask(client.GET('/api/v1/restrictions', { params: { query } })),
    preview: (body: { employee: string; limits: T.Limit[] }) => ask(client.POST('/api/v1/restrictions/preview', { body })),
    propose: (body: { employee: string; limits: T.Limit[]; reason: string; rule: string; until: string }) =>
      ask(client.POST('/api/v1/restrictions', { body })),
    decide: (id: string, body: { approve: boolean; reason: string; acknowledged: string[] }) =>
      ask(client.POST('/api/v1/restrictions/{id}/decide', { params: { path: { id } }, body })),
    lift: (id: string, reason: string) => ask(client.POST('/api/v1/restrictions/{id}/lift', { params: { path: { id } }, body: { reason } })),
    answer: (id: string, body: { lift: boolean; text: string }) =>
      ask(client.POST('/api/v1/restrictions/{id}/answer', { params: { path: { id } }, body })),
  },
  freeze: {
    read: () => ask(client.GET('/api/v1/freeze')),
    save: (body: { customers_per_day: number }) => ask(client.PUT('/api/v1/freeze', { body })),
  },
  me: {
    restrictions: () => ask(client.GET('/api/v1/me/restrictions')),
    appeal: (id: string, text: string) => ask(client.POST('/api/v1/me/restrictions/{id}/appeal', { params: { path: { id } }, body: { text } })),
    accesses: (query: T.Query<'own_accesses'>) => ask(client.GET('/api/v1/me/accesses', { params: { query } })),
  },
  accesses: (query: T.Query<'list_accesses'>) => ask(client.GET('/api/v1/accesses', { params: { query } })),
  overview: () => ask(client.GET('/api/v1/overview')),
  alerts: {
    list: (query: T.AlertQuery) => ask(client.GET('/api/v1/alerts', { params: { query } })) as Promise<T.Page<T.Alert>>,
    summary: () => ask(client.GET('/api/v1/alerts/summary')),
    read: (id: string) => ask(client.GET('/api/v1/alerts/{id}', { params: { path: { id } } })) as Promise<T.AlertDetail>,
    change: (id: string, body: T.AlertChange) => ask(client.PATCH('/api/v1/alerts/{id}', { params: { path: { id } }, body })),
    close: (body: T.CloseMany) => ask(client.POST('/api/v1/alerts/close', { body })),
  },
  chains: {
    of: (number: string) =>
      ask(client.GET('/api/v1/employees/{number}/chains', { params: { path: { number } } })) as Promise<T.Page<T.Chain>>,
    list: (query: T.Query<'of_all'>) => ask(client.GET('/api/v1/chains', { params: { query } })) as Promise<T.Page<T.Chain>>,
  },
  cases: {
    list: (query?: T.Query<'list_cases'>) => ask(client.GET('/api/v1/cases', { params: { query } })),
    read: (id: string) => ask(client.GET('/api/v1/cases/{id}', { params: { path: { id } } })),
    open: (body: T.OpenCase) => ask(client.POST('/api/v1/cases', { body })),
    change: (id: string, body: T.ChangeCase) => ask(client.PATCH('/api/v1/cases/{id}', { params: { path: { id } }, body })),
    add: (id: string, body: { records?: string[]; alerts?: string[]; reason: string }) =>
      ask(client.POST('/api/v1/cases/{id}/records', { params: { path: { id } }, body })),
    recuse: (id: string, body: { employee: string; why: string; reason: string }) =>
      ask(client.POST('/api/v1/cases/{id}/recusals', { params: { path: { id } }, body })),
    tell: (id: string, how: string) => ask(client.POST('/api/v1/cases/{id}/told', { params: { path: { id } }, body: { how } })),
    addNote: (id: string, text: string) =>
      ask(client.POST('/api/v1/cases/{id}/notes', { params: { path: { id } }, body: { text } })),
    addFile: (id: string, file: File) =>
      ask(client.POST('/api/v1/cases/{id}/files', { params: { path: { id } }, body: { file: file as never }, bodySerializer: asForm })),
    packages: (id: string) => ask(client.GET('/api/v1/cases/{id}/packages', { params: { path: { id } } })),
    // `redact` maps a record to several pointers; the document shares its shape with a map to single texts.
    export: (id: string, reason: string, redact: Record<string, string[]>) =>
      ask(client.POST('/api/v1/cases/{id}/packages', { params: { path: { id } }, body: { reason, redact: redact as never } })),
  },
  packageHref: (id: string) => `/api/v1/packages/${encodeURIComponent(id)}`,
  employees: {
    list: (query: T.Query<'list_employees'>) => ask(client.GET('/api/v1/employees', { params: { query } })),
    read: (number: string) =>
      ask(client.GET('/api/v1/employees/{number}', { params: { path: { number } } })) as Promise<T.EmployeeDetail>,
    customers: (number: string, query: T.Query<'list_customers_of_employee'>) =>
      ask(client.GET('/api/v1/employees/{number}/customers', { params: { path: { number }, query } })),
  },
  customers: {
    list: (query: T.Query<'list_customers'>) => ask(client.GET('/api/v1/customers', { params: { query } })),
    read: (id: string, query?: T.Query<'get_customer'>) =>
      ask(client.GET('/api/v1/customers/{id}', { params: { path: { id }, query } })) as Promise<T.CustomerDetail>,
    contacts: (id: string, contacts: object[]) =>
      ask(client.PUT('/api/v1/customers/{id}/contacts', { params: { path: { id } }, body: { contacts: contacts as Record<string, never>[] } })),
    followUp: (id: string, body: T.FollowUp) => ask(client.POST('/api/v1/customers/{id}/follow-ups', { params: { path: { id } }, body })),
    promise: (id: string, body: T.NewPromise) => ask(client.POST('/api/v1/customers/{id}/promises', { params: { path: { id } }, body })),
    endPromise: (id: string, promise: string, body: T.EndPromise) =>
      ask(client.POST('/api/v1/customers/{id}/promises/{promise}', { params: { path: { id, promise } }, body })),
    preference: (id: string, body: T.NewPreference) => ask(client.POST('/api/v1/customers/{id}/preferences', { params: { path: { id } }, body })),
    removePreference: (id: string, preference: string) =>
      ask(client.DELETE('/api/v1/customers/{id}/preferences/{preference}', { params: { path: { id, preference } } })),
    assign: (id: string, body: T.Assign) => ask(client.POST('/api/v1/customers/{id}/assign', { params: { path: { id } }, body })),
    reassign: (body: T.Reassign) => ask(client.POST('/api/v1/customers/reassign', { body })),
    export: async (body: T.Export) => {
      const answer = await client.POST('/api/v1/customers/export', { body, parseAs: 'blob' })
      const id = answer.response.headers.get('x-probity-export') ?? ''
      return { file: answer.data as unknown as Blob, id, name: `customers-${id.slice(0, 13)}.${body.format}` }
    },
  },
  promises: (query: T.Query<'list_promises'>) => ask(client.GET('/api/v1/promises', { params: { query } })),
  reassignments: {
    list: (query: T.Query<'list_reassignments'>) => ask(client.GET('/api/v1/reassignments', { params: { query } })),
    read: (id: string) => ask(client.GET('/api/v1/reassignments/{id}', { params: { path: { id } } })),
    results: (id: string, query: T.Query<'list_results'>) => ask(client.GET('/api/v1/reassignments/{id}/results', { params: { path: { id }, query } })),
    undo: (id: string, body: T.Undo) => ask(client.POST('/api/v1/reassignments/{id}/undo', { params: { path: { id } }, body })),
  },
  snapshots: {
    list: (number: string) => ask(client.GET('/api/v1/employees/{number}/snapshots', { params: { path: { number } } })) as Promise<T.Page<T.Snapshot>>,
    take: (number: string, body: T.TakeSnapshot) => ask(client.POST('/api/v1/employees/{number}/snapshots', { params: { path: { number } }, body })),
    acknowledge: (number: string, id: string) =>
      ask(client.POST('/api/v1/employees/{number}/snapshots/{id}/acknowledge', { params: { path: { number, id } } })),
  },
  companies: {
    list: (query: T.Query<'list_companies'>) =>
      ask(client.GET('/api/v1/companies', { params: { query } })) as Promise<T.Page<T.Company>>,
    save: (id: string, body: T.CompanyBody) =>
      ask(client.PUT('/api/v1/companies/{id}', { params: { path: { id } }, body: { ...body } })),
  },
  handovers: {
    list: (query: T.Query<'list_handovers'>) => ask(client.GET('/api/v1/handovers', { params: { query } })),
    read: (id: string) => ask(client.GET('/api/v1/handovers/{id}', { params: { path: { id } } })) as Promise<T.Handover>,
    start: (body: T.StartHandover) => ask(client.POST('/api/v1/handovers', { body })),
    add: (id: string, body: T.AddHandoverItem) => ask(client.POST('/api/v1/handovers/{id}/items', { params: { path: { id } }, body })),
    submit: (id: string, item: string, body: T.SubmitItem) =>
      ask(client.POST('/api/v1/handovers/{id}/items/{item}/submit', { params: { path: { id, item } }, body })),
    review: (id: string, item: string, body: T.ReviewItem) =>
      ask(client.POST('/api/v1/handovers/{id}/items/{item}/review', { params: { path: { id, item } }, body })),
    waive: (id: string, item: string, revision: number, reason: string) =>
      ask(client.POST('/api/v1/handovers/{id}/items/{item}/waive', { params: { path: { id, item } }, body: { revision, reason } })),
    actMany: (id: string, body: T.ActOnItems) => ask(client.POST('/api/v1/handovers/{id}/items/act', { params: { path: { id } }, body })),
    upload: (id: string, file: File) =>
      ask(client.POST('/api/v1/handovers/{id}/files', { params: { path: { id } }, body: { file: file as never }, bodySerializer: asForm })),
    certificateHref: (id: string, version?: number) => `/api/v1/handovers/${encodeURIComponent(id)}/certificate${version ? `?version=${version}` : ''}`,
    fileHref: (id: string, sha256: string) => `/api/v1/handovers/${encodeURIComponent(id)}/files/${sha256}`,
    reconcile: (id: string) => ask(client.POST('/api/v1/handovers/{id}/reconcile', { params: { path: { id } } })),
    decide: (id: string, body: T.DecideFinding) => ask(client.POST('/api/v1/handovers/{id}/findings', { params: { path: { id } }, body })),
    candidates: (id: string) => ask(client.GET('/api/v1/handovers/{id}/receivers', { params: { path: { id } } })),
    receivers: (id: string, items: string[], receiver: string | null) =>
      ask(client.PUT('/api/v1/handovers/{id}/receivers', { params: { path: { id } }, body: { items, receiver } })),
    reassign: (id: string, reason: string, customers?: string[]) =>
      ask(client.POST('/api/v1/handovers/{id}/reassign', { params: { path: { id } }, body: { reason, customers } })),
    undo: (id: string, customers: string[], reason: string) =>
      ask(client.POST('/api/v1/handovers/{id}/reassign/undo', { params: { path: { id } }, body: { customers, reason } })),
    object: (id: string, text: string, item?: string) =>
      ask(client.POST('/api/v1/handovers/{id}/objections', { params: { path: { id } }, body: { text, item } })),
    answer: (id: string, objection: string, text: string) =>
      ask(client.POST('/api/v1/handovers/{id}/objections/{objection}', { params: { path: { id, objection } }, body: { text } })),
    lastDay: (id: string, body: T.ChangeLastDay) => ask(client.PUT('/api/v1/handovers/{id}/last-day', { params: { path: { id } }, body })),
    dutyDone: (id: string, duty: string, body: T.DutyDone) =>
      ask(client.POST('/api/v1/handovers/{id}/duties/{duty}', { params: { path: { id, duty } }, body })),
    certificate: (id: string, body: T.LeavingCertificate) =>
      ask(client.POST('/api/v1/handovers/{id}/certificate', { params: { path: { id } }, body })),
    correctCertificate: (id: string, body: T.CorrectCertificate) =>
      ask(client.POST('/api/v1/handovers/{id}/certificate/correction', { params: { path: { id } }, body })),
    certificateForm: (id: string) => ask(client.GET('/api/v1/handovers/{id}/certificate/form', { params: { path: { id } } })),
    deliver: (id: string, body: T.DeliverCertificate) =>
      ask(client.POST('/api/v1/handovers/{id}/certificate/delivery', { params: { path: { id } }, body })),
    receive: (id: string, number: string) =>
      ask(client.POST('/api/v1/handovers/{id}/certificate/receipt', { params: { path: { id } }, body: { number } })),
    papers: (id: string) => ask(client.GET('/api/v1/handovers/{id}/papers', { params: { path: { id } } })),
    makePaper: (id: string, reason: string) => ask(client.POST('/api/v1/handovers/{id}/papers', { params: { path: { id } }, body: { reason } })),
    paperHref: (id: string, sha256: string) => `/api/v1/handovers/${encodeURIComponent(id)}/papers/${sha256}`,
    hold: (id: string, what: string, reason: string) => ask(client.POST('/api/v1/handovers/{id}/holds', { params: { path: { id } }, body: { what, reason } })),
    deduct: (id: string, body: T.Deduct) => ask(client.POST('/api/v1/handovers/{id}/deductions', { params: { path: { id } }, body })),
    withdrawDeduction: (id: string, record: string, body: T.WithdrawDeduction) =>
      ask(client.POST('/api/v1/handovers/{id}/deductions/{record}/withdrawal', { params: { path: { id, record } }, body })),
    close: (id: string, reason: string) => ask(client.POST('/api/v1/handovers/{id}/close', { params: { path: { id } }, body: { reason } })),
    package: (id: string, reason: string) =>
      ask(client.POST('/api/v1/handovers/{id}/package', { params: { path: { id } }, body: { reason }, parseAs: 'blob' })) as unknown as Promise<Blob>,
    notices: (id: string, body: { date?: string; language?: string; languages: Record<string, string>; customers?: string[] }) =>
      ask(client.POST('/api/v1/handovers/{id}/notices', { params: { path: { id } }, body })),
  },
  processes: {
    read: (id: string) => ask(client.GET('/api/v1/processes/{id}', { params: { path: { id } } })),
    save: (id: string, base: number, process: T.Process) =>
      ask(client.PUT('/api/v1/processes/{id}', { params: { path: { id } }, body: { base, process } })),
  },
  outbox: {
    list: (query: T.Query<'list_outbox'>) => ask(client.GET('/api/v1/outbox', { params: { query } })),
    read: (id: string) => ask(client.GET('/api/v1/outbox/{id}', { params: { path: { id } } })),
    tell: (id: string, body: T.Told) => ask(client.POST('/api/v1/outbox/{id}/told', { params: { path: { id } }, body })),
    change: (id: string, body: T.ChangeMessage) => ask(client.PATCH('/api/v1/outbox/{id}', { params: { path: { id } }, body })),
    preview: (id: string) => ask(client.POST('/api/v1/outbox/{id}/preview', { params: { path: { id } } })),
    cancel: (id: string, reason: string) => ask(client.POST('/api/v1/outbox/{id}/cancel', { params: { path: { id } }, body: { reason } })),
    approve: (messages: string[]) => ask(client.POST('/api/v1/outbox/approve', { body: { messages } })),
    settings: () => ask(client.GET('/api/v1/outbox/settings')),
    saveSettings: (body: T.PutOutboxSettings) => ask(client.PUT('/api/v1/outbox/settings', { body })),
  },
  records: {
    list: (query: T.Query<'list_records'>) => ask(client.GET('/api/v1/records', { params: { query } })),
    read: (id: string) => ask(client.GET('/api/v1/records/{id}', { params: { path: { id } } })),
    open: (body: T.OpenRequest) => ask(client.POST('/api/v1/records/open', { body })),
    openFile: (sha256: string, body: T.OpenFile) =>
      ask(client.POST('/api/v1/blobs/{sha256}/open', { params: { path: { sha256 } }, body, parseAs: 'blob' })) as Promise<Blob>,
  },
  imports: {
    list: () => ask(client.GET('/api/v1/imports')),
    upload: (file: File) =>
      ask(client.POST('/api/v1/imports', { body: { file }, bodySerializer: asForm as never })) as Promise<T.ImportUpload>,
    dryRun: (id: string, plan: T.ImportPlan) =>
      ask(client.POST('/api/v1/imports/{id}/dry-run', { params: { path: { id } }, body: plan })),
    run: (id: string, plan: T.ImportPlan) => ask(client.POST('/api/v1/imports/{id}/run', { params: { path: { id } }, body: plan })),
    read: (id: string) => ask(client.GET('/api/v1/imports/{id}', { params: { path: { id } } })),
    stop: (id: string) => ask(client.DELETE('/api/v1/imports/{id}', { params: { path: { id } } })),
  },
  quarantine: {
    list: (query?: T.Query<'list_quarantine'>) => ask(client.GET('/api/v1/quarantine', { params: { query } })),
    release: (id: string) => ask(client.POST('/api/v1/quarantine/{id}/release', { params: { path: { id } } })),
  },
  lexicon: {
    read: () => ask(client.GET('/api/v1/lexicon')) as Promise<T.Lexicon>,
    save: (body: Omit<T.Lexicon, 'versions'>) => ask(client.PUT('/api/v1/lexicon', { body })) as Promise<T.Lexicon>,
    attempt: (body: T.Try) => ask(client.POST('/api/v1/lexicon/try', { body })),
  },
  rules: () => ask(client.GET('/api/v1/rules')) as Promise<T.Page<T.RuleView>>,
  log: () => ask(client.GET('/api/v1/log')),
  saveAuthorities: (body: T.Authorities) => ask(client.PUT('/api/v1/log/authorities', { body })),
  looks: (query: T.Query<'list_looks'>) => ask(client.GET('/api/v1/looks', { params: { query } })),
}
