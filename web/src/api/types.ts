// The names the pages use for the API's shapes. Every shape comes from the committed OpenAPI document
// (`schema.d.ts`, made by `npm run api`): when the contract changes, what no longer fits fails to compile.
import type { components, operations } from './schema.d.ts'

type S = components['schemas']

/** A shape with some members told more closely than the contract does; each must still fit what the contract says. */
type Closer<T, N extends { [K in keyof N]: K extends keyof T ? T[K] : never }> = Omit<T, keyof N> & N

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** The parameters after the question mark of an operation. */
export type Query<O extends keyof operations> = NonNullable<operations[O]['parameters']['query']>

export type Role = S['Role']
export type SignIn = S['SignIn']
export type Setup = S['Setup']
export type CreateUser = S['CreateUser']
export type ChangeUser = S['ChangeUser']
export type CreateToken = S['CreateToken']
export type NewSource = S['NewSource']
export type CloseMany = S['CloseMany']
export type OpenCase = S['OpenCase']
export type ChangeCase = S['ChangeCase']
export type OpenFile = S['OpenFile']
export type OpenRequest = S['OpenRequest']
export type Try = S['Try']
export type Session = S['SessionView']
export type DemoPerson = S['DemoPerson']
export type CompanySettings = S['CompanySettings']
export type User = S['UserView']
export type UserOutcome = S['UserOutcome']
export type UserChange = S['UserChange']
export type Decision = S['Decision']
export type Collected = S['CollectedView']
export type Link = S['OneTimeLink']
export type SignInRules = S['SignInRules']
export type Account = S['Account']
export type OwnSession = S['OwnSession']
export type TotpStart = S['TotpStart']
export type NewPasskey = S['NewPasskey']
export type PasskeyAnswer = S['PasskeyAnswer']
export type Token = S['TokenView']
export type Source = S['Source']
export type BasisKind = S['BasisKind']
export type TokenScope = S['TokenScope']
export type Reach = S['Reach']
export type RoleMatrix = S['RoleMatrix']
export type RoleView = S['RoleView']
export type RoleDifference = S['RoleDifference']
export type RolePreview = S['RolePreview']
export type RoleTemplate = S['TemplateView']
export type SaveRole = S['SaveRole']
export type SimulateBody = S['Simulate']
export type Limit = S['Limit']
export type Restriction = S['RestrictionView']
export type RestrictionPreview = S['RestrictionPreview']
export type Access = S['AccessView']
export type OwnAccess = S['OwnAccess']
export type Overview = S['Overview']
export type TodoLine = S['TodoLine']

export type Envelope = S['Envelope']
export type RecordDetail = S['Detail']
export type OpenedRecord = S['OpenedRecord']
export type Look = S['LookView']

export type Explanation = S['ExplanationView']
export type AlertWord = S['WordView']
export type Alert = Closer<S['AlertView'], { severity: Severity }>
export type AlertDetail = Alert & { events: S['EventView'][]; history: Alert[] }
export type AlertSummary = S['AlertSummary']
export type AlertQuery = Query<'get_alerts'>
export type AlertChange = S['AlertChange']
export type Severity = keyof S['Severities']
export type Outcome = 'false_positive' | 'valuable' | 'confirmed'

export type StepRole = 'said' | 'could' | 'did' | 'paid'
export type ChainStep = Closer<S['StepView'], { role: StepRole }>
export type Chain = Closer<S['ChainView'], { steps: ChainStep[] }>

export type CaseItem = S['CaseItem']
export type CaseDetail = S['CaseDetail']
export type CaseRecord = S['CaseRecord']
export type CaseEvent = S['CaseEvent']
export type Package = S['Package']

export type Join = S['JoinEmployee']
export type Amend = S['AmendEmployee']
export type Move = S['MoveEmployee']
export type Confirmation = S['Confirmation']
export type Resign = S['RecordResignation']
export type Departure = S['Departure']
export type WithdrawResignation = S['WithdrawResignation']
export type Declare = S['Declare']
export type ExportEmployees = S['ExportEmployees']
export type Department = S['Department']
export type PostSpan = S['PostSpan']
export type NewContract = S['NewContract']
export type EndContract = S['EndContract']
export type Contract = S['Contract']
export type DraftPolicy = S['DraftPolicy']
export type PolicyVersion = S['PolicyVersion']
export type PolicyClause = S['PolicyClause']
export type Procedure = S['Procedure']
export type Paper = S['Paper']
export type PolicyItem = S['PolicyItem']
export type Match = S['InterestMatch']
export type ReviewMatch = S['ReviewMatch']
export type EmployeeRequest = S['EmployeeRequest']
export type AnswerRequest = S['AnswerRequest']
export type NewRequest = S['NewRequest']
export type MyFile = Closer<S['MyFile'], { accounts: { system: string; account: string }[] }>
export type MyPolicy = S['MyPolicy']
export type Holding = S['Holding']

export type EmployeeItem = S['EmployeeItem']
export type EmployeeDetail = Closer<S['EmployeeDetail'], { accounts: { system: string; account: string }[] }>
export type CustomerItem = S['CustomerItem']
export type CustomerDetail = Closer<
  S['CustomerDetail'],
  { contacts: { name?: string; phone?: string; email?: string; im?: string }[]; sites: { name?: string }[] }
>
export type CustomerFilter = S['CustomerFilter']
export type Sum = S['Sum']
export type DuePromise = S['DuePromise']
export type FollowUp = S['FollowUp']
export type NewPromise = S['NewPromise']
export type EndPromise = S['EndPromise']
export type NewPreference = S['NewPreference']
export type Assign = S['Assign']
export type Reassign = S['Reassign']
export type Reassignment = S['Reassignment']
export type MoveResult = S['MoveResult']
export type Undo = S['Undo']
export type Export = S['Export']
export type TakeSnapshot = S['TakeSnapshot']
export type Snapshot = Closer<
  S['Snapshot'],
  { contacts: { customer: string; name: string; contacts: { name?: string; phone?: string; email?: string; im?: string }[] }[] }
>
type Sites = { name?: string; position?: unknown; radius_m?: number }[]
export type Company = Closer<S['CompanyItem'], { kind: CompanyKind; sites: Sites }>
export type CompanyBody = Omit<S['CompanyUpserted'], 'sites'> & { sites: Sites }
export type CompanyKind = NonNullable<S['CompanyUpserted']['kind']>

export type ImportSheet = S['SheetView']
export type ImportUpload = Closer<S['Import'], { mapping: Record<string, string> }>
export type ImportPlan = S['Options'] & { mapping: Record<string, string> }
export type ImportJob = S['Import']
export type CellError = S['CellError']
export type DryRun = S['DryRun']
export type Quarantined = S['Quarantined']

export type LexiconEntry = {
  word: string
  category: string
  severity: Severity
  variants: string[]
  lang: string
  share_leads?: string[]
}
export type Lexicon = Closer<
  S['LexiconView'],
  {
    entries: LexiconEntry[]
    categories: { id: string; zh: string; en: string }[]
    exceptions: { name: string; scope: string; place: string; cues: string[]; unless?: string[] }[]
    steps: Record<string, boolean>
  }
>
export type Hit = S['TriedHit']
export type Tried = S['TriedText']
export type Authorities = S['AuthoritiesBody']
export type RuleView = S['RuleView']
export type LogStatus = S['LogStatus']

export type Handover = Closer<S['HandoverDetail'], { items: HandoverThing[]; duties: HandoverDuty[]; findings: HandoverFinding[] }>
export type HandoverItem = S['HandoverItem']
export type HandoverThing = Closer<S['HandoverThing'], { values: Record<string, string> }>
/** The certificate of leaving as issued, with how it reached the employee. */
export type CertificateContent = {
  number: string
  company: string
  name: string
  employee: string
  term: string
  ended_on: string
  post: string
  service: string
  issued_on: string
  deliveries?: { how: 'handed_over' | 'post' | 'mail'; on: string; reference: string; by: string; record: string }[]
  received?: { at: string; by: string; record: string }
  version?: number
  superseded?: (CertificateContent & { superseded_by: { at: string; by: string; reason: string; record: string } })[]
}
export type HandoverDuty = Closer<S['HandoverDuty'], { content?: CertificateContent | null }>
export type HandoverFinding = Closer<S['HandoverFinding'], { dealings: Record<string, number> }>
export type HandoverFile = S['HandoverFile']
export type HandoverProgress = S['HandoverProgress']
export type StartHandover = S['StartHandover']
export type AddHandoverItem = S['AddHandoverItem']
export type SubmitItem = S['SubmitItem']
export type ReviewItem = S['ReviewItem']
export type DecideFinding = S['DecideFinding']
export type ChangeLastDay = S['ChangeLastDay']
export type ActOnItems = S['ActOnItems']
export type Deduct = S['Deduct']
export type WithdrawDeduction = S['WithdrawDeduction']
export type DutyDone = S['DutyDone']
export type LeavingCertificate = S['LeavingCertificate']
export type CorrectCertificate = S['CorrectCertificate']
export type Process = S['Process']
export type ProcessNode = S['ProcessNode']
export type ProcessItem = S['ProcessItem']
export type OutboxMessage = S['OutboxMessage']
export type Told = S['ToldCustomer']
export type Asset = S['Asset']
export type IssueAsset = S['IssueAsset']
export type ReturnAsset = S['ReturnAsset']
export type HandoverPaper = S['HandoverPaper']
export type DeliverCertificate = S['DeliverCertificate']
export type ChangeMessage = S['ChangeMessage']
export type PutOutboxSettings = S['PutOutboxSettings']
