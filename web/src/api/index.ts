// Every call the page makes, by room. The paths are the API's own; nothing is reshaped here.
import { del, get, patch, post, put, request } from './http.ts'
import type * as T from './types.ts'

const v1 = '/api/v1'
const seg = encodeURIComponent

export const api = {
  session: {
    read: () => get<T.Session>(`${v1}/session`),
    signIn: (body: { login: string; password: string } | { demo: T.Role }) => post<T.Session>(`${v1}/session`, body),
    signOut: () => del(`${v1}/session`),
    demoPeople: () => get<{ items: T.DemoPerson[] }>(`${v1}/session/demo`),
    setUp: (body: { code: string; login: string; name: string; password: string }) =>
      post<T.Session>(`${v1}/setup`, body),
  },
  company: {
    read: () => get<T.CompanySettings>(`${v1}/company`),
    save: (body: T.CompanySettings) => put<T.CompanySettings>(`${v1}/company`, body),
  },
  users: {
    list: () => get<T.Page<T.User>>(`${v1}/users`),
    create: (body: object) => post<T.User>(`${v1}/users`, body),
    change: (id: string, body: object) => patch<T.User>(`${v1}/users/${seg(id)}`, body),
  },
  tokens: {
    list: () => get<T.Page<T.Token>>(`${v1}/tokens`),
    create: (body: object) => post<T.Token>(`${v1}/tokens`, body),
    revoke: (id: string) => del(`${v1}/tokens/${seg(id)}`),
  },
  sources: {
    list: () => get<T.Page<T.Source>>(`${v1}/sources`),
    save: (body: object) => put<T.Source>(`${v1}/sources`, body),
    approve: (source: string) => post<T.Source>(`${v1}/sources/approve`, { source }),
  },
  overview: () => get<T.Overview>(`${v1}/overview`),
  alerts: {
    list: (query: T.AlertQuery) => get<T.Page<T.Alert>>(`${v1}/alerts`, { ...query }),
    summary: () => get<T.AlertSummary>(`${v1}/alerts/summary`),
    read: (id: string) => get<T.AlertDetail>(`${v1}/alerts/${seg(id)}`),
    change: (id: string, body: object) => patch<T.Alert>(`${v1}/alerts/${seg(id)}`, body),
    close: (body: { ids: string[]; outcome: T.Outcome; reason: string }) =>
      post<{ closed?: number }>(`${v1}/alerts/close`, body),
  },
  chains: {
    of: (employee: string) => get<T.Page<T.Chain>>(`${v1}/employees/${seg(employee)}/chains`),
    list: (query: { min_score?: number; limit?: number }) => get<T.Page<T.Chain>>(`${v1}/chains`, query),
  },
  cases: {
    list: (query?: { employee?: string; status?: string; limit?: number }) => get<T.Page<T.CaseItem>>(`${v1}/cases`, query),
    read: (id: string) => get<T.CaseDetail>(`${v1}/cases/${seg(id)}`),
    open: (body: { employee: string; title: string; reason: string; alerts: string[]; records: string[] }) =>
      post<{ id: string }>(`${v1}/cases`, body),
    change: (id: string, body: object) => patch<T.CaseDetail>(`${v1}/cases/${seg(id)}`, body),
    addRecords: (id: string, records: string[], reason: string) =>
      post<unknown>(`${v1}/cases/${seg(id)}/records`, { records, reason }),
    addNote: (id: string, text: string) => post<unknown>(`${v1}/cases/${seg(id)}/notes`, { text }),
    addFile: (id: string, file: File) => {
      const form = new FormData()
      form.append('file', file)
      return request('POST', `${v1}/cases/${seg(id)}/files`, form)
    },
    packages: (id: string) => get<T.Page<T.Package>>(`${v1}/cases/${seg(id)}/packages`),
    export: (id: string, reason: string, redact: Record<string, string[]>) =>
      post<T.Package>(`${v1}/cases/${seg(id)}/packages`, { reason, redact }),
  },
  packageHref: (id: string) => `${v1}/packages/${seg(id)}`,
  employees: {
    list: (query: { q?: string; department?: string; status?: string; limit?: number; cursor?: string }) =>
      get<T.Page<T.EmployeeItem>>(`${v1}/employees`, query),
    read: (number: string) => get<T.EmployeeDetail>(`${v1}/employees/${seg(number)}`),
  },
  customers: {
    list: (query: { q?: string; employee?: string; tier?: string; limit?: number; cursor?: string }) =>
      get<T.Page<T.CustomerItem>>(`${v1}/customers`, query),
    read: (id: string) => get<T.CustomerDetail>(`${v1}/customers/${seg(id)}`),
  },
  companies: {
    list: (query: { kind?: string; q?: string; limit?: number; cursor?: string }) =>
      get<T.Page<T.Company>>(`${v1}/companies`, query),
    save: (id: string, body: T.Company) => put<T.Company>(`${v1}/companies/${seg(id)}`, body),
  },
  records: {
    list: (query: {
      employee?: string
      customer?: string
      kind?: string
      source?: string
      from?: string
      until?: string
      limit?: number
      cursor?: string
      order?: 'asc' | 'desc'
    }) => get<T.Page<T.Envelope>>(`${v1}/records`, query),
    read: (id: string) => get<T.RecordDetail>(`${v1}/records/${seg(id)}`),
    open: (body: { records: string[]; case: string; reason: string }) =>
      post<{ look: string; items: T.OpenedRecord[] }>(`${v1}/records/open`, body),
  },
  imports: {
    list: () => get<T.Page<T.ImportJob>>(`${v1}/imports`),
    upload: async (file: File) => {
      const form = new FormData()
      form.append('file', file)
      return (await (await request('POST', `${v1}/imports`, form)).json()) as T.ImportUpload
    },
    dryRun: (id: string, plan: T.ImportPlan) => post<T.DryRun>(`${v1}/imports/${seg(id)}/dry-run`, plan),
    run: (id: string, plan: T.ImportPlan) => post<T.ImportJob>(`${v1}/imports/${seg(id)}/run`, plan),
    read: (id: string) => get<T.ImportJob>(`${v1}/imports/${seg(id)}`),
    stop: (id: string) => del(`${v1}/imports/${seg(id)}`),
  },
  quarantine: {
    list: (query?: { limit?: number; cursor?: string }) => get<T.Page<T.Quarantined>>(`${v1}/quarantine`, query),
    release: (id: string) => post<unknown>(`${v1}/quarantine/${seg(id)}/release`),
  },
  lexicon: {
    read: () => get<T.Lexicon>(`${v1}/lexicon`),
    save: (body: object) => put<T.Lexicon>(`${v1}/lexicon`, body),
    attempt: (texts: string[], to: 'external' | 'internal') =>
      post<{ items: T.Tried[] }>(`${v1}/lexicon/try`, { texts, to }),
  },
  log: () => get<T.LogStatus>(`${v1}/log`),
  saveAuthorities: (authorities: string[]) => put<unknown>(`${v1}/log/authorities`, { authorities }),
  looks: (query: { employee?: string; user?: string; limit?: number; cursor?: string }) =>
    get<T.Page<T.Look>>(`${v1}/looks`, query),
}
