// One way to the server: JSON in and out, the CSRF header on writes, and every refusal as a Problem.
// Not here: which calls exist (the files beside this one, one a room) and caching (TanStack Query).

export interface ProblemBody {
  type?: string
  title?: string
  status?: number
  detail?: string
  code?: string
  request_id?: string
  errors?: { pointer?: string; code?: string; detail: string }[]
}

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
let language = 'zh-CN'
let onSignedOut: (() => void) | null = null

export const setCsrf = (value: string | null) => {
  csrf = value
}
export const setRequestLanguage = (value: string) => {
  language = value
}
/** Called when the server says that the session is over, so that the sign-in page can be shown. */
export const whenSignedOut = (act: () => void) => {
  onSignedOut = act
}

export type Query = Record<string, string | number | boolean | null | undefined>

export const withQuery = (path: string, query?: Query) => {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

export async function problemOf(response: Response): Promise<Problem> {
  let body: ProblemBody = {}
  try {
    body = (await response.json()) as ProblemBody
  } catch {
    // A proxy or a crash may answer with something else: the status alone must do.
  }
  return new Problem(response.status, body)
}

export async function request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language }
  if (method !== 'GET' && csrf) headers['x-csrf-token'] = csrf
  const form = body instanceof FormData
  if (body !== undefined && !form) headers['content-type'] = 'application/json'
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : form ? body : JSON.stringify(body),
    signal,
    credentials: 'same-origin',
  })
  if (!response.ok) {
    if (response.status === 401 && !path.endsWith('/session')) onSignedOut?.()
    throw await problemOf(response)
  }
  return response
}

async function json<T>(response: Promise<Response>): Promise<T> {
  const answer = await response
  if (answer.status === 204) return undefined as T
  const text = await answer.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  json<T>(request('GET', withQuery(path, query), undefined, signal))
export const post = <T>(path: string, body?: unknown) => json<T>(request('POST', path, body ?? {}))
export const put = <T>(path: string, body: unknown) => json<T>(request('PUT', path, body))
export const patch = <T>(path: string, body: unknown) => json<T>(request('PATCH', path, body))
export const del = <T = void>(path: string) => json<T>(request('DELETE', path))
