// A zip as files and back, so that a test can change one byte of one file; for what the product writes, no more.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

export type Files = [path: string, bytes: Buffer][]

export function unzip(zip: Buffer): Files {
  const end = zip.length - 22
  const files: Files = []
  let at = zip.readUInt32LE(end + 16)
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    const [method, packed, name] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)]
    const local = zip.readUInt32LE(at + 42)
    const body = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(body, body + packed)
    files.push([zip.toString('utf8', at + 46, at + 46 + name), method === 8 ? inflateRawSync(bytes) : Buffer.from(bytes)])
    at += 46 + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}

export function rezip(files: Files): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [path, bytes] of files) {
    const name = Buffer.from(path)
    const body = deflateRawSync(bytes)
    const shared = Buffer.alloc(26)
    ;[20, 0x0800, 8, 0, 0x21].forEach((half, i) => shared.writeUInt16LE(half, i * 2))
    ;[crc32(bytes), body.length, bytes.length].forEach((word, i) => shared.writeUInt32LE(word, 10 + i * 4))
    shared.writeUInt16LE(name.length, 22)
    const head = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), shared, place, name]))
    parts.push(head, body)
    offset += head.length + body.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, list, end])
}
