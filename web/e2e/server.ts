// A server to test against: PROBITY_URL (already running, with PROBITY_TOKEN), or PROBITY_BIN, started here on a
// free port with a folder of its own and stopped again.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Server {
  url: string
  /** A token with every scope; absent where only a web page is tested. */
  token: () => Promise<string>
  /** What the server has printed so far: the one-time code of the first set-up is there. */
  printed: () => string
  bin: string | null
  stop: () => Promise<void>
}

const freePort = () =>
  new Promise<number>((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))))
    })
  })

const ready = async (url: string, child: ChildProcess | null, printed: () => string) => {
  const until = Date.now() + 120_000
  while (Date.now() < until) {
    if (child?.exitCode != null) throw new Error(`the server stopped (${child.exitCode}):\n${printed()}`)
    try {
      if ((await fetch(`${url}/readyz`)).ok) return
    } catch {
      // Not listening yet.
    }
    await new Promise((r) => setTimeout(r, 150))
  }
  throw new Error(`the server was not ready in two minutes:\n${printed()}`)
}

/** An empty database on the PostgreSQL that TEST_DATABASE_URL names, and how to take it away again. */
async function freshDatabase() {
  const at = new URL(process.env.TEST_DATABASE_URL ?? '')
  const name = `e2e_${process.pid}_${Date.now()}`
  const ask = (sql: string) => run('psql', [at.href, '-v', 'ON_ERROR_STOP=1', '-qc', sql])
  await ask(`CREATE DATABASE ${name}`)
  return { url: Object.assign(new URL(at), { pathname: `/${name}` }).href, drop: () => ask(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

export type DatabaseEngine = 'sqlite' | 'postgresql'
/** SQLite, and PostgreSQL where there is one: `make e2e` starts its own. */
export const ENGINES: DatabaseEngine[] = process.env.TEST_DATABASE_URL ? ['sqlite', 'postgresql'] : ['sqlite']

export async function server({ demo, engine = 'sqlite' }: { demo: boolean; engine?: DatabaseEngine }): Promise<Server> {
  const given = process.env.PROBITY_URL
  if (given && demo) {
    await ready(given, null, () => '')
    return {
      url: given,
      token: async () => process.env.PROBITY_TOKEN ?? '',
      printed: () => '',
      bin: null,
      stop: async () => {},
    }
  }
  const named = process.env.PROBITY_BIN
  if (!named) throw new Error('set PROBITY_BIN to the probity binary (or PROBITY_URL and PROBITY_TOKEN to a demo server)')
  const bin = resolve(named)
  const data = await mkdtemp(join(tmpdir(), 'probity-e2e-'))
  const port = await freePort()
  const database = engine === 'postgresql' ? await freshDatabase() : null
  const env = {
    ...process.env,
    PROBITY_LISTEN: `127.0.0.1:${port}`,
    PROBITY_DATA_DIR: data,
    PROBITY_WEB_DIR: resolve(import.meta.dirname, '../dist'),
    ...(database ? { PROBITY_DATABASE_URL: database.url } : {}),
  }
  let out = ''
  const child = spawn(bin, demo ? ['serve', '--demo'] : ['serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (b: Buffer) => (out += b.toString()))
  child.stderr.on('data', (b: Buffer) => (out += b.toString()))
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    if (child.exitCode == null) {
      const gone = new Promise((r) => child.once('exit', r))
      child.kill('SIGTERM')
      await Promise.race([gone, new Promise((r) => setTimeout(r, 5000))])
      if (child.exitCode == null) child.kill('SIGKILL')
    }
    await rm(data, { recursive: true, force: true })
    await database?.drop()
  }
  try {
    await ready(url, child, () => out)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    bin,
    printed: () => out,
    stop,
    token: async () => {
      const made = await run(bin, ['token', 'create', '--name', 'e2e', '--scope', 'ingest,read,cases,admin'], { env })
      return made.stdout.trim().split('\n').at(-1)?.trim().split(/\s+/).at(-1) ?? ''
    },
  }
}
