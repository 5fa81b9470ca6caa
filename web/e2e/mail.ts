// A mail server on loopback that keeps what it is given: RFC 5321 as far as a client needs it.
import { createServer } from 'node:net'

export async function mailServer() {
  const letters: { to: string; text: string }[] = []
  const listener = createServer((wire) => {
    let to = ''
    let data: string[] | null = null
    let rest = ''
    wire.write('220 test\r\n')
    wire.on('error', () => {})
    wire.on('data', (chunk) => {
      rest += chunk.toString()
      let end = rest.indexOf('\r\n')
      for (; end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data) {
          if (line === '.') {
            letters.push({ to, text: data.join('\r\n') })
            data = null
            wire.write('250 kept\r\n')
          } else data.push(line.replace(/^\./, ''))
        } else if (/^EHLO/i.test(line)) wire.write('250-test\r\n250 8BITMIME\r\n')
        else if (/^RCPT/i.test(line)) {
          to = line.match(/<(.*)>/)?.[1] ?? ''
          wire.write('250 ok\r\n')
        } else if (/^DATA/i.test(line)) {
          data = []
          wire.write('354 go on\r\n')
        } else if (/^QUIT/i.test(line)) wire.end('221 bye\r\n')
        else wire.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  const address = listener.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return { url: `smtp://127.0.0.1:${port}`, letters, stop: () => listener.close() }
}

/** The text of a letter, decoded. */
export const textOf = (letter: string) => Buffer.from(letter.split('\r\n\r\n')[1]?.replaceAll('\r\n', '') ?? '', 'base64').toString('utf8')
