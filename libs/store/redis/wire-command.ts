import { Command } from 'ioredis'
import type { StoreRedis } from './redis-connection.ts'

/* Commands that carry many users or are sent for many, in the form in which they go over the wire: `*` and the number of
 * parts, then for each part `$`, its length and its bytes. ioredis makes the same of a list of arguments, with a string and
 * three calls into Buffer for each: for 250 users, of 16 parts each, that costs four times as much (docs/performance.md). */

const FIRST_BYTES = 64 * 1024
const [STAR, DOLLAR, CR, LF, ZERO] = [0x2a, 0x24, 0x0d, 0x0a, 0x30]
/** Sign, digits of a length, and two line ends. */
const MOST_FRAME_BYTES = 32
/** A shorter text is written faster letter by letter than by a call into Buffer. */
const LONGEST_BY_LETTER = 64

/** One command, written part by part into memory that is used again. */
export interface CommandWriter {
  /** Begins a command of so many parts, over whatever was written before. */
  begin(parts: number): void
  add(part: string | Buffer): void
  /** Parts that another writer has written, as they are. */
  addWritten(parts: Buffer): void
  /** A view of what was written, which the next command changes. */
  written(): Buffer
}

export function commandWriter(): CommandWriter {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let at = 0

  function makeRoom(length: number): void {
    if (at + length <= bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, at + length))
    bytes.copy(larger, 0, 0, at)
    bytes = larger
  }

  function count(sign: number, value: number): void {
    bytes[at++] = sign
    let unit = 1
    while (unit * 10 <= value) unit *= 10
    for (; unit >= 1; unit /= 10) bytes[at++] = ZERO + (Math.floor(value / unit) % 10)
    endLine()
  }

  function endLine(): void {
    bytes[at++] = CR
    bytes[at++] = LF
  }

  function addText(text: string, length: number): void {
    if (length !== text.length || length > LONGEST_BY_LETTER) at += bytes.write(text, at)
    else for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i)
  }

  return {
    begin(parts) {
      at = 0
      count(STAR, parts)
    },
    add(part) {
      const length = Buffer.byteLength(part)
      makeRoom(length + MOST_FRAME_BYTES)
      count(DOLLAR, length)
      if (typeof part === 'string') addText(part, length)
      else at += part.copy(bytes, at)
      endLine()
    },
    addWritten(parts) {
      makeRoom(parts.length)
      at += parts.copy(bytes, at)
    },
    written: () => bytes.subarray(0, at),
  }
}

/** The parts as a writer would write them. */
export function writtenParts(parts: readonly (string | Buffer)[]): Buffer {
  const lines = parts.flatMap((part) => [`$${Buffer.byteLength(part)}\r\n`, part, '\r\n'])
  return Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line)))
}

/** Sends a command as it was written; it must not change before the answer is there. The reply has Buffers for texts.
 *  @param routing the arguments up to the first key, by which a cluster finds the node */
export function sendWritten(
  redis: StoreRedis,
  name: string,
  routing: readonly string[],
  written: string | Buffer,
): Promise<unknown> {
  const command = new Command(name, [...routing], { replyEncoding: null })
  command.toWritable = () => written
  redis.sendCommand(command)
  return command.promise
}

/** Asks for the same fields of one hash after another, a command for each: for 250 users that was faster than one script
 *  that reads them all. */
export function askingForFields(
  redis: StoreRedis,
  names: readonly string[],
): (key: string) => Promise<(Buffer | null)[]> {
  const parts = 2 + names.length
  const namesOnTheWire = writtenParts(names).toString()
  return (key) => {
    const written = `*${parts}\r\n$5\r\nhmget\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n${namesOnTheWire}`
    return sendWritten(redis, 'hmget', [key], written) as Promise<(Buffer | null)[]>
  }
}
