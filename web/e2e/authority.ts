// A time-stamp authority on the loopback that `openssl ts` plays, with a root of its own.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Authority {
  url: string
  rootPem: string
  stop: () => void
}

export async function authority(): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), 'probity-tsa-'))
  const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' })
  copyFileSync(resolve(import.meta.dirname, '../../fixtures/tsa/tsa.cnf'), join(folder, 'tsa.cnf'))
  writeFileSync(join(folder, 'serial'), '1000')
  for (const name of ['root', 'tsa']) openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}.key`)
  openssl('req -new -x509 -config tsa.cnf -extensions root -key root.key -days 30 -subj /CN=Test -out root.crt')
  openssl('req -new -config tsa.cnf -key tsa.key -out tsa.csr')
  openssl('x509 -req -in tsa.csr -CA root.crt -CAkey root.key -set_serial 2 -days 30 -extfile tsa.cnf -extensions authority -out tsa.crt')
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      writeFileSync(join(folder, 'request.tsq'), Buffer.concat(parts))
      openssl('ts -reply -config tsa.cnf -queryfile request.tsq -out reply.tsr')
      response.setHeader('content-type', 'application/timestamp-reply')
      response.end(readFileSync(join(folder, 'reply.tsr')))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/tsa`,
    rootPem: readFileSync(join(folder, 'root.crt'), 'utf8'),
    stop: () => {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
