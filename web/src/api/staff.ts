// Calls of the working life: joining to leaving, posts, contracts, policies, requests, and the own page.
import { ask, client } from './http.ts'
import type * as T from './types.ts'

/** Sends a file under its own digest and answers how records name it. */
export async function sendPaper(file: File): Promise<{ sha256: string; name: string }> {
  const bytes = await file.arrayBuffer()
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  const sha256 = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('')
  await ask(
    client.PUT('/api/v1/blobs/{sha256}', {
      params: { path: { sha256 } },
      body: bytes as never,
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { 'content-type': 'application/octet-stream' },
    } as never),
  )
  return { sha256, name: file.name }
}

/** Hands a file to the browser. */
export function keep(file: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

const path = (number: string) => ({ params: { path: { number } } })

export const staff = {
  life: {
    join: (body: T.Join) => ask(client.POST('/api/v1/employees', { body })),
    amend: (number: string, body: T.Amend) => ask(client.PATCH('/api/v1/employees/{number}', { ...path(number), body })),
    move: (number: string, body: T.Move) => ask(client.POST('/api/v1/employees/{number}/moves', { ...path(number), body })),
    confirm: (number: string, body: T.Confirmation) =>
      ask(client.POST('/api/v1/employees/{number}/confirmation', { ...path(number), body })),
    resign: (number: string, body: T.Resign) => ask(client.POST('/api/v1/employees/{number}/resignation', { ...path(number), body })),
    withdraw: (number: string, body: T.WithdrawResignation) =>
      ask(client.POST('/api/v1/employees/{number}/resignation/withdrawal', { ...path(number), body })),
    leave: (number: string, body: T.Departure) => ask(client.POST('/api/v1/employees/{number}/departure', { ...path(number), body })),
    history: (number: string, known_by?: string) =>
      ask(client.GET('/api/v1/employees/{number}/history', { params: { path: { number }, query: { known_by } } })),
    declare: (number: string, body: T.Declare) => ask(client.POST('/api/v1/employees/{number}/interests', { ...path(number), body })),
    export: (body: T.ExportEmployees) =>
      ask(client.POST('/api/v1/employees/export', { body, parseAs: 'blob' })) as unknown as Promise<Blob>,
  },
  departments: (query: T.Query<'list_departments'>) => ask(client.GET('/api/v1/departments', { params: { query } })),
  contracts: {
    fileHref: (id: string) => `/api/v1/contracts/${encodeURIComponent(id)}/file`,
    of: (number: string) => ask(client.GET('/api/v1/employees/{number}/contracts', path(number))),
    soon: (query: T.Query<'list_contracts'>) => ask(client.GET('/api/v1/contracts', { params: { query } })),
    make: (number: string, body: T.NewContract) => ask(client.POST('/api/v1/employees/{number}/contracts', { ...path(number), body })),
    end: (id: string, body: T.EndContract) => ask(client.POST('/api/v1/contracts/{id}/end', { params: { path: { id } }, body })),
  },
  assets: {
    list: (query: T.Query<'list_assets'>) => ask(client.GET('/api/v1/assets', { params: { query } })),
    issue: (body: T.IssueAsset) => ask(client.POST('/api/v1/assets', { body })),
    giveBack: (id: string, body: T.ReturnAsset) => ask(client.POST('/api/v1/assets/{id}/return', { params: { path: { id } }, body })),
    mine: () => ask(client.GET('/api/v1/me/assets')),
    acknowledge: (id: string, remark?: string) =>
      ask(client.POST('/api/v1/me/assets/{id}/acknowledgement', { params: { path: { id } }, body: { remark: remark || undefined } })),
  },
  policies: {
    list: () => ask(client.GET('/api/v1/policies', { params: { query: { limit: 500 } } })),
    read: (id: string) => ask(client.GET('/api/v1/policies/{id}', { params: { path: { id } } })),
    create: (body: T.DraftPolicy) => ask(client.POST('/api/v1/policies', { body })),
    draft: (id: string, body: T.DraftPolicy) => ask(client.PUT('/api/v1/policies/{id}', { params: { path: { id } }, body })),
    publish: (id: string, effective_on: string) =>
      ask(client.POST('/api/v1/policies/{id}/publish', { params: { path: { id } }, body: { effective_on } })),
    withdraw: (id: string, version: number, reason: string) =>
      ask(client.POST('/api/v1/policies/{id}/withdraw', { params: { path: { id } }, body: { version, reason } })),
    signed: (id: string, query: T.Query<'policy_acknowledgements'>) =>
      ask(client.GET('/api/v1/policies/{id}/acknowledgements', { params: { path: { id }, query } })),
    fileHref: (id: string, sha256: string) => `/api/v1/policies/${encodeURIComponent(id)}/files/${sha256}`,
  },
  matches: {
    list: (query: T.Query<'list_matches'>) => ask(client.GET('/api/v1/interests/matches', { params: { query } })),
    review: (body: T.ReviewMatch) => ask(client.POST('/api/v1/interests/reviews', { body })),
  },
  requests: {
    list: (query: T.Query<'list_requests'>) => ask(client.GET('/api/v1/requests', { params: { query } })),
    answer: (id: string, body: T.AnswerRequest) => ask(client.POST('/api/v1/requests/{id}/answer', { params: { path: { id } }, body })),
  },
  mine: {
    file: () => ask(client.GET('/api/v1/me')) as Promise<T.MyFile>,
    holdings: () => ask(client.GET('/api/v1/me/holdings')),
    policies: () => ask(client.GET('/api/v1/me/policies')),
    acknowledge: (id: string, version: number) =>
      ask(client.POST('/api/v1/me/policies/{id}/acknowledgement', { params: { path: { id } }, body: { version } })),
    declare: (body: T.Declare) => ask(client.POST('/api/v1/me/interests', { body })),
    todo: () => ask(client.GET('/api/v1/me/todo')),
    requests: () => ask(client.GET('/api/v1/me/requests')),
    ask: (body: T.NewRequest) => ask(client.POST('/api/v1/me/requests', { body })),
    resign: (body: { last_day?: string; reason?: string }) => ask(client.POST('/api/v1/me/resignation', { body })),
    takeBack: (reason: string) => ask(client.POST('/api/v1/me/resignation/withdrawal', { body: { reason } })),
  },
}
