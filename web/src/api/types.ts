// The JSON shapes the page works with, named as the API names them.
// schema.test-d.ts ties them to the committed OpenAPI document.

export type Role = 'hr' | 'legal' | 'sales_manager' | 'auditor' | 'admin' | 'union' | 'employee'
export type Severity = 'low' | 'medium' | 'high'
export type AlertStatus = 'open' | 'snoozed' | 'closed'
export type Outcome = 'false_positive' | 'valuable' | 'confirmed'
export type StepRole = 'said' | 'could' | 'did' | 'paid'
export type CompanyKind = 'own' | 'competitor' | 'related' | 'partner' | 'supplier' | 'unknown'

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface SessionUser {
  id: string
  name: string
  login: string
  role: Role
  employee: string | null
}
export interface Session {
  user: SessionUser | null
  demo: boolean
  needs_setup: boolean
  company: { name: string; time_zone: string; currency: string } | null
  permissions: string[]
  csrf: string | null
}
export interface DemoPerson {
  role: Role
  name: string
  title: string
  employee: string | null
}
export interface CompanySettings {
  name: string
  time_zone: string
  currency: string
  own_names: string[]
}
export interface User {
  id: string
  login: string
  name: string
  role: Role
  employee: string | null
  disabled: boolean
  created_at?: string
  last_sign_in_at?: string | null
}
export interface Token {
  id: string
  name: string
  scopes: string[]
  sources: string[] | null
  expires_at: string | null
  created_at?: string
  last_used_at?: string | null
  token?: string
}
export interface Source {
  source: string
  name: string
  kinds: string[]
  basis: { kind: string; notice: string; notice_version: string; assessed_on: string } | null
  version: number
  registered_at: string
  records: number
  last_received_at: string | null
  pending?: { by: string; by_id: string; at: string } | null
}

export interface Envelope {
  id: string
  index: number
  source: string
  source_id: string
  kind: string
  at: string
  received_at: string
  employee: string | null
  subjects: string[]
  label?: string | null
  erased?: boolean
  corrects?: string | null
  corrected_by?: string | null
}
export interface RecordDetail extends Envelope {
  leaf: string
  proof?: { size: number; verified: boolean } | null
}
export interface OpenedRecord {
  id: string
  /** Null where the content was erased. */
  event: (Record<string, unknown> & { data?: unknown }) | null
}

export interface Explanation {
  value: number | null
  threshold: number | null
  numerator: number | null
  denominator: number | null
  unit: string | null
  window: string | null
  baseline: unknown
  missing: string[]
  innocent: string[]
  why?: string[]
  formula?: string | null
}
export interface AlertWord {
  word: string
  category: string
  severity: Severity
  step: string
  at: string
  record: string
  direction?: string
}
export interface Alert {
  id: string
  rule: string
  employee: string
  employee_name: string | null
  department: string | null
  severity: Severity
  status: AlertStatus
  outcome: Outcome | null
  backfilled: boolean
  raised_at: string
  happened_at?: string
  title: string
  explanation: Explanation
  records: string[]
  conversation?: string | null
  customer?: string | null
  customer_name?: string | null
  assignee?: string | null
  assignee_name?: string | null
  snoozed_until?: string | null
  closed_at?: string | null
  reason?: string | null
  chain?: string | null
  words?: AlertWord[]
}
export interface AlertDetail extends Alert {
  events?: { at: string; kind: string; by: string; body: Record<string, unknown> }[]
  /** What else concerned the employee in the thirty days before. */
  history?: Alert[]
}
export interface AlertSummary {
  open: Record<Severity, number>
  older_than_30_days: number
  mean_days_to_close: number | null
  unassigned: number
  mine: number
  chains: number
}
export interface AlertQuery {
  employee?: string
  rule?: string
  status?: string
  severity?: string
  department?: string
  assignee?: string
  q?: string
  from?: string
  until?: string
  limit?: number
  cursor?: string
}

export interface ChainStep {
  record: string
  kind: string
  at: string
  role: StepRole
  why: string
  confidence: number
  title?: string
  source?: string
  links?: { to: string; why: string; confidence: number }[]
}
export interface ChainGap {
  role?: StepRole | null
  text: string
}
export interface Chain {
  id: string
  pattern: string
  score: number
  from: string
  until: string
  employee: string
  employee_name?: string | null
  customer?: string | null
  customer_name?: string | null
  companies?: { company: string | null; name: string; via?: string | null }[]
  steps: ChainStep[]
  gaps: (string | ChainGap)[]
}

export interface CaseItem {
  id: string
  number: string
  title: string
  employee: string
  employee_name: string | null
  status: 'open' | 'closed'
  opened_at: string
  opened_by: string
  records: number
  alerts: number
}
export interface CaseRecord {
  id: string
  kind: string
  at: string
  added_at: string
  added_by: string
  reason: string | null
  grade: string
  missing: string[]
}
export interface CaseEvent {
  at: string
  by: string
  kind: string
  text: string | null
  record: string | null
}
export interface Package {
  id: string
  href: string
  status: 'queued' | 'building' | 'ready' | 'failed'
  progress: number | null
  error: string | null
  size: number | null
  sha256: string | null
  built_at: string | null
  pdf: 'built' | 'missing' | null
  pdf_note: string | null
  created_at?: string
}
export interface CaseDetail extends Omit<CaseItem, 'records' | 'alerts'> {
  reason: string
  alerts: string[]
  records: CaseRecord[]
  files: { sha256: string; name: string; size: number; added_at: string }[]
  events: CaseEvent[]
  packages: Package[]
  revision: number
}

export interface EmployeeItem {
  number: string
  name: string
  department: string | null
  title: string | null
  manager: string | null
  status: string | null
  hired_on: string | null
  left_on: string | null
  customers: number
  open_alerts: number | null
  placeholder?: boolean
}
export interface EmployeeDetail extends EmployeeItem {
  accounts: { system: string; account: string }[]
  phones: string[]
  emails: string[]
  documents: { document: string; title: string; version: string; signed_at: string; method: string | null }[]
  interests: { company: string; name: string | null; relation: string }[]
  assignments: { customer: string; name: string | null; from: string; until: string | null; reason: string | null }[]
}
export interface CustomerItem {
  customer: string
  name: string
  tier: string | null
  since: string | null
  employee: string | null
  employee_name: string | null
  placeholder: boolean
}
export interface CustomerDetail extends CustomerItem {
  contacts: { name?: string; phone?: string; email?: string; im?: string }[]
  sites: { name?: string }[]
  assignments: {
    employee: string
    name: string | null
    from: string
    until: string | null
    reason: string | null
    known_at: string
  }[]
  counts: { orders: number; moved: number; inquiries: number; messages: number }
  recent: Envelope[]
}
export interface Company {
  company: string
  name: string
  kind: CompanyKind
  aliases: string[]
  persons: string[]
  accounts: string[]
  sites: { name?: string; position?: unknown; radius_m?: number }[]
}

export interface ImportSheet {
  name: string
  columns: string[]
  rows: number
  preview: (string | null)[][]
}
export interface ImportUpload {
  id: string
  name: string
  layout: string | null
  kind: string | null
  needs_basis: boolean
  sheets: ImportSheet[]
  mapping: Record<string, string> | null
}
export interface ImportPlan {
  source: string
  kind: string | null
  sheet: string | null
  mapping: Record<string, string>
  basis: string | null
  employee: string | null
}
export interface CellError {
  row: number
  column: string | null
  value: string | null
  detail: string
}
export interface DryRun {
  total: number
  good: number
  skipped: number
  errors: CellError[]
  skips?: CellError[]
  samples: Record<string, unknown>[]
}
export interface ImportJob {
  id: string
  name?: string
  status: 'uploaded' | 'running' | 'done' | 'stopped' | 'failed'
  total: number | null
  done: number
  accepted: number
  duplicates: number
  quarantined: number
  skipped: number
  created_at?: string
  error?: string | null
}
export interface Quarantined {
  id: string
  source: string
  source_id: string
  kind: string
  code: string
  detail: string
  received_at: string
  expires_at: string | null
  held: boolean
}

export interface LexiconEntry {
  word: string
  category: string
  severity: Severity
  variants: string[]
  lang: string
  share_leads?: string[]
}
export interface Lexicon {
  version: string
  entries: LexiconEntry[]
  categories: { id: string; zh: string; en: string }[]
  exceptions: { name: string; scope: string; place: string; cues: string[]; unless?: string[] }[]
  steps: Record<string, boolean>
  versions: { version: string; at: string; by: string }[]
}
export interface Hit {
  word: string
  category: string
  severity: Severity
  step: string
  start: number
  end: number
  strong?: boolean
  exception?: string | null
  alerting?: boolean
}
export interface Tried {
  alert: boolean
  hits: Hit[]
}

export interface LogStatus {
  origin: string
  vkey: string
  fingerprint: string
  epoch: number
  size: number
  root_hash: string
  published_at: string | null
  stopped?: { zh: string; en: string } | null
  stamps: { size: number; authority: string; at: string; verified: boolean; signer?: string }[]
  authorities: { url: string; ca?: boolean; last_at?: string | null; error?: string | null }[]
  checkpoints: { size: number; root_hash: string; at: string }[]
}
export interface Look {
  id: string
  at: string
  by: string
  case: string | null
  reason: string | null
  records: string[] | number
  employees: string[]
}
export interface Overview {
  records: number | null
  looks_7_days: number | null
  jobs: { waiting: number; failed: number } | null
  write_stop: string | null
}
