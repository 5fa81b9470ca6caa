// Every call the pages make, by room: typed by the contract, nothing reshaped.
import { ask, client } from './http.ts'
import type * as T from './types.ts'

/** openapi-fetch would write a file as JSON; the browser writes the multipart body and its boundary itself. */
const asForm = (body: { file: unknown }) => {
  const form = new FormData()
  form.append('file', body.file as File)
  return form
}

export const api = {
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
    list: () => ask(client.GET('/api/v1/users', { params: { query: { limit: 500 } } })),
    create: (body: T.CreateUser) => ask(client.POST('/api/v1/users', { body })),
    change: (id: string, body: T.ChangeUser) => ask(client.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body })),
    inviteAgain: (id: string) => ask(client.POST('/api/v1/users/{id}/invitation', { params: { path: { id } } })),
    reset: (id: string, second_factor: boolean) =>
      ask(client.POST('/api/v1/users/{id}/reset', { params: { path: { id } }, body: { second_factor } })),
    endSessions: (id: string) => ask(client.DELETE('/api/v1/users/{id}/sessions', { params: { path: { id } } })),
    changes: () => ask(client.GET('/api/v1/user-changes')),
    decide: (id: string, body: T.Decision) => ask(client.POST('/api/v1/user-changes/{id}/decide', { params: { path: { id } }, body })),
    withdraw: (id: string) => ask(client.POST('/api/v1/user-changes/{id}/withdraw', { params: { path: { id } } })),
    collect: (id: string) => ask(client.POST('/api/v1/user-changes/{id}/collect', { params: { path: { id } } })),
    rules: () => ask(client.GET('/api/v1/sign-in-rules')),
    saveRules: (body: T.SignInRules) => ask(client.PUT('/api/v1/sign-in-rules', { body })),
  },
  tokens: {
    list: () => ask(client.GET('/api/v1/tokens', { params: { query: { limit: 500 } } })),
    create: (body: T.CreateToken) => ask(client.POST('/api/v1/tokens', { body })),
    revoke: (id: string) => ask(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } })),
  },
  sources: {
    list: () => ask(client.GET('/api/v1/sources')),
    save: (body: T.NewSource) => ask(client.PUT('/api/v1/sources', { body })),
    approve: (source: string) => ask(client.POST('/api/v1/sources/approve', { body: { source } })),
  },
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
    addRecords: (id: string, records: string[], reason: string) =>
      ask(client.POST('/api/v1/cases/{id}/records', { params: { path: { id } }, body: { records, reason } })),
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
  },
  customers: {
    list: (query: T.Query<'list_customers'>) => ask(client.GET('/api/v1/customers', { params: { query } })),
    read: (id: string) => ask(client.GET('/api/v1/customers/{id}', { params: { path: { id } } })) as Promise<T.CustomerDetail>,
  },
  companies: {
    list: (query: T.Query<'list_companies'>) =>
      ask(client.GET('/api/v1/companies', { params: { query } })) as Promise<T.Page<T.Company>>,
    save: (id: string, body: T.CompanyBody) =>
      ask(client.PUT('/api/v1/companies/{id}', { params: { path: { id } }, body: { ...body } })),
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
