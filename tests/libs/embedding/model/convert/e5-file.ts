/** Builds tiny model files of the wheel's format for tests: one layer's worth of nothing, but every field in place. */
export interface E5FileParts {
  readonly magic?: string
  readonly blockSize?: number
  readonly pieces?: readonly string[]
  readonly tensors?: Readonly<Record<string, Uint8Array>>
}

export function e5File(parts: E5FileParts = {}): Buffer {
  const { magic = 'E5S1', blockSize = 32, pieces = ['<s>', '▁茶'], tensors = {} } = parts
  const header = Buffer.concat([
    Buffer.from(magic, 'latin1'),
    u32(1),
    ...[64, 1, 2, 128, pieces.length, 512, 1].map(i32),
    f32(1e-12),
    i32(blockSize),
    i32(pieces.length),
    ...[0, 2, 1, 3].map(i32),
    piecesOf(pieces),
    i32(1),
    u32(3),
    Buffer.from('xyz'),
    i32(Object.keys(tensors).length),
  ])
  const entries = Object.entries(tensors)
  const directoryLength = entries.reduce((sum, [name]) => sum + 2 + Buffer.byteLength(name) + 21, 0)
  let offset = header.length + directoryLength
  const directory = entries.map(([name, bytes]) => {
    const entry = Buffer.concat([
      u16(Buffer.byteLength(name)),
      Buffer.from(name),
      Buffer.of(0),
      u32(0),
      u64(offset),
      u64(bytes.length),
    ])
    offset += bytes.length
    return entry
  })
  return Buffer.concat([header, ...directory, ...entries.map(([, bytes]) => bytes)])
}

function piecesOf(pieces: readonly string[]): Buffer {
  const texts = pieces.map((piece) => Buffer.from(piece))
  const starts = texts.map((_, i) => texts.slice(0, i).reduce((sum, text) => sum + text.length, 0))
  const text = Buffer.concat(texts)
  const scores = pieces.map((_, i) => f32(-i))
  return Buffer.concat([u64(text.length), ...[...starts, text.length].map(u32), ...scores, text])
}

const written = (size: number, write: (buffer: Buffer) => void): Buffer => {
  const buffer = Buffer.alloc(size)
  write(buffer)
  return buffer
}
const u16 = (value: number) => written(2, (buffer) => buffer.writeUInt16LE(value))
const u32 = (value: number) => written(4, (buffer) => buffer.writeUInt32LE(value))
const i32 = (value: number) => written(4, (buffer) => buffer.writeInt32LE(value))
const f32 = (value: number) => written(4, (buffer) => buffer.writeFloatLE(value))
const u64 = (value: number) => written(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value)))
