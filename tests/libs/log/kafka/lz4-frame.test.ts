import { describe, expect, it } from 'vitest'
import { lz4Decompress } from '../../../../libs/log/kafka/lz4-frame.ts'

const HEADER = [0x04, 0x22, 0x4d, 0x18]
const END = [0, 0, 0, 0]
/** Version 1, blocks that stand alone, of at most 64 KiB; a checksum of the header that nobody looks at. */
const plain = [0x60, 0x40, 0x82]

const u32 = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
const ascii = (text: string) => [...Buffer.from(text)]
const packed = (...bytes: number[]) => [...u32(bytes.length), ...bytes]
const stored = (bytes: number[]) => [...u32(bytes.length + 0x80000000), ...bytes]
const frame = (...parts: number[][]) => Buffer.from([...HEADER, ...parts.flat()])
const text = (bytes: Buffer) => lz4Decompress(bytes).toString()

describe('a frame of LZ4', () => {
  it('is read: literals, a match, and one that overlaps itself', () => {
    // "abcd", four bytes from four back, then "xy"
    expect(text(frame(plain, packed(0x40, ...ascii('abcd'), 4, 0, 0x20, ...ascii('xy')), END))).toBe(
      'abcdabcdxy',
    )
    // "ab", nine bytes from two back, then "!"
    expect(text(frame(plain, packed(0x25, ...ascii('ab'), 2, 0, 0x10, ...ascii('!')), END))).toBe(
      'abababababa!',
    )
  })

  it('has lengths that go on over several bytes', () => {
    const literals = 'x'.repeat(15 + 255 + 3)
    const block = packed(0xff, 255, 3, ...ascii(literals), 1, 0, 255, 255, 1, 0x10, ...ascii('.'))
    expect(text(frame(plain, block, END))).toBe(`${'x'.repeat(literals.length + 15 + 255 + 255 + 1 + 4)}.`)
  })

  it('has blocks that were left as they are, sizes and checksums that are passed over, and more than fits at first', () => {
    // With checksums of blocks and the size of the content.
    const flags = [0x78, 0x40, ...u32(15), ...u32(0), 0]
    const checksum = [1, 2, 3, 4]
    const bytes = frame(flags, stored(ascii('one ')), checksum, packed(0x30, ...ascii('two')), checksum, END)
    expect(text(bytes)).toBe('one two')
    const longRun = [0x1f, ...ascii('z'), 1, 0, ...Array(250).fill(255), 0, 0x10, ...ascii('z')]
    const several = frame(plain, ...Array(5).fill(packed(...longRun)), END)
    expect(lz4Decompress(several).equals(Buffer.alloc(5 * (1 + 15 + 250 * 255 + 4 + 1), 'z'))).toBe(true)
  })

  it('has blocks that refer to the one before', () => {
    const linked = [0x40, 0x40, 0]
    const bytes = frame(linked, packed(0x40, ...ascii('abcd')), packed(0x00, 4, 0, 0x10, ...ascii('!')), END)
    expect(text(bytes)).toBe('abcdabcd!')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no frame', Buffer.from('abcdefghijkl')],
    ['one that wants a dictionary', frame([0x61, 0x40, 0, 0, 0, 0, 0], END)],
    ['no end', frame(plain, stored(ascii('abc')))],
    ['a block cut off', frame(plain, [...u32(9), 1, 2])],
    [
      'a match before the beginning',
      frame(plain, packed(0x10, ...ascii('a'), 2, 0, 0x10, ...ascii('b')), END),
    ],
    ['a match of no distance', frame(plain, packed(0x10, ...ascii('a'), 0, 0, 0x10, ...ascii('b')), END)],
    ['literals cut off', frame(plain, packed(0x50, ...ascii('a')), END)],
    ['a length cut off', frame(plain, packed(0xf0, 255), END)],
    ['no literals at the end', frame(plain, packed(0x40, ...ascii('abcd'), 4, 0), END)],
    [
      'more than a block holds',
      frame(plain, packed(0x1f, 97, 1, 0, ...Array(260).fill(255), 0, 0x10, 97), END),
    ],
  ])('is refused that is %s', (_, bytes) => {
    expect(() => lz4Decompress(bytes)).toThrow()
  })
})
