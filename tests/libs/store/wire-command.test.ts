import fc from 'fast-check'
import { Command } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { commandWriter, writtenParts } from '../../../libs/store/redis/wire-command.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 60, maxLength: 200 }),
)
const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array))
const parts = fc.array(fc.oneof(text, bytes), { minLength: 1, maxLength: 40 })

const asSentByIoredis = (name: string, args: readonly (string | Buffer)[]): Buffer =>
  Buffer.from(new Command(name, [...args]).toWritable({}))

describe('a command as it goes over the wire', () => {
  it('has the bytes that ioredis would send, also when the memory is used again', () => {
    const writer = commandWriter()
    fc.assert(
      fc.property(parts, (args) => {
        writer.begin(1 + args.length)
        for (const part of ['evalsha', ...args]) writer.add(part)
        expect(writer.written()).toEqual(asSentByIoredis('evalsha', args))
      }),
    )
  })

  it('takes parts that were written before', () => {
    fc.assert(
      fc.property(parts, parts, (before, after) => {
        const writer = commandWriter()
        writer.begin(1 + before.length + after.length)
        for (const part of ['evalsha', ...before]) writer.add(part)
        writer.addWritten(writtenParts(after))
        expect(writer.written()).toEqual(asSentByIoredis('evalsha', [...before, ...after]))
      }),
    )
  })

  it('grows as large as it must', () => {
    const writer = commandWriter()
    const vectors = Array.from({ length: 100 }, (_, n) => Buffer.alloc(1_536, n))
    writer.begin(2 + vectors.length)
    for (const part of ['evalsha', 'x'.repeat(100_000), ...vectors]) writer.add(part)
    expect(writer.written()).toEqual(asSentByIoredis('evalsha', ['x'.repeat(100_000), ...vectors]))
  })
})
