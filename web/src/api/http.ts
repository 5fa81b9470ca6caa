// One way to the server: a client typed by the OpenAPI document, the CSRF header on writes, and every refusal as a
// Problem. Not here: which calls exist (index.ts) and caching (TanStack Query).
import createClient, { createQuerySerializer, type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

type ProblemBody = Partial<components['schemas']['Problem']>

/** A refusal or failure, with a sentence a person can act on (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly body: ProblemBody
  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `HTTP ${status}`)
    this.name = 'Problem'
    this.status = status
    this.body = body
  }
}

let csrf: string | null = null
let onSignedOut: (() => void) | null = null

export const setCsrf = (value: string | null | undefined) => {
  csrf = value ?? null
}
/** Called when the server says that the session is over, so that the sign-in page can be shown. */
export const whenSignedOut = (act: () => void) => {
  onSignedOut = act
}

async function problemOf(response: Response): Promise<Problem> {
  let body: ProblemBody = {}
  try {
    body = (await response.json()) as ProblemBody
  } catch {
    // A proxy or a crash may answer with something else: the status alone must do.
  }
  return new Problem(response.status, body)
}

const manners: Middleware = {
  onRequest: ({ request }) => {
    request.headers.set('accept', 'application/json')
    request.headers.set('accept-language', document.documentElement.lang)
    if (request.method !== 'GET' && csrf) request.headers.set('x-csrf-token', csrf)
  },
  onResponse: async ({ request, response, schemaPath }) => {
    if (response.ok) return
    // A wrong password is no lost session.
    if (response.status === 401 && !(schemaPath.startsWith('/api/v1/session') && request.method !== 'GET')) onSignedOut?.()
    throw await problemOf(response)
  },
}

const serialize = createQuerySerializer()

export const client = createClient<paths>({
  // An emptied filter is no filter.
  querySerializer: (query) =>
    serialize(Object.fromEntries(Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''))),
})
client.use(manners)

/** The body of an answer. A refusal has thrown before this is reached, so what is there is what the contract promises. */
export async function ask<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}
