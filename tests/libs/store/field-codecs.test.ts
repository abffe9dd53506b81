import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeenItems } from '../../../libs/interest/seen-items.ts'
import { decodeCountsByGroup, encodeCountsByGroup } from '../../../libs/store/counts-by-group-codec.ts'
import { decodeFloats, decodeFloatsInto, encodeFloats } from '../../../libs/store/float32-codec.ts'
import { decodeInteger, decodeNumber, encodeInteger, encodeNumber } from '../../../libs/store/number-codec.ts'
import { decodeNumbersById, encodeNumbersById } from '../../../libs/store/numbers-by-id-codec.ts'
import { decodeOffsets, encodeOffsets } from '../../../libs/store/offsets-codec.ts'
import { decodeSeen } from '../../../libs/store/seen-codec.ts'
import { decodeSource, encodeSource, isNewer } from '../../../libs/store/source-codec.ts'

const CORRUPT = { code: 'HL_STORE_CORRUPT' }
const corrupt = expect.objectContaining(CORRUPT)

describe('vectors as bytes', () => {
  it('come back bit for bit, from the middle of a block too', () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 3 }), (block) => {
        const vector = block.subarray(1, block.length - 1)
        expect(decodeFloats(Buffer.from(encodeFloats(vector)), 'vec:text')).toEqual(vector)
      }),
    )
  })

  it('are little-endian float32, four bytes each and nothing else', () => {
    expect(encodeFloats(Float32Array.of(1, -2)).toString('hex')).toBe('0000803f000000c0')
  })

  it('are refused at any other length, with the name of the field', () => {
    expect(() => decodeFloatsInto(new Float32Array(3), Buffer.alloc(11), 'vec:a:b')).toThrow(
      'vec:a:b has 11 bytes instead of 3 × 4',
    )
    expect(() => decodeFloats(Buffer.alloc(6), 'vec:a')).toThrow(corrupt)
    expect(() => decodeFloats(Buffer.alloc(0), 'vec:a')).toThrow(corrupt)
  })
})

describe('numbers as text', () => {
  it('come back as the same float64', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(decodeNumber(encodeNumber(value), 'mass:session')).toBe(value)
      }),
    )
  })

  it('come back as the same whole number', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(decodeInteger(encodeInteger(value), 'asof')).toBe(value)
      }),
    )
  })

  it.each(['', ' ', 'NaN', 'Infinity', '1,5', '12px'])('are refused when the text is "%s"', (text) => {
    expect(() => decodeNumber(text, 'mass:session')).toThrow(`mass:session is "${text}", not a number`)
  })

  it.each(['', '1.5', '1e3', '0x10', '9007199254740993'])(
    'are no whole number when the text is "%s"',
    (text) => {
      expect(() => decodeInteger(text, 'asof')).toThrow(corrupt)
    },
  )

  it('are never stored when they are none', () => {
    expect(() => encodeNumber(Number.NaN)).toThrow('NaN cannot be stored')
    expect(() => encodeInteger(0.5)).toThrow('0.5 is not a whole number')
  })
})

describe('applied offsets as text', () => {
  const topic = fc.stringMatching(/^[a-zA-Z0-9._-]{1,40}$/)
  const partition = fc.tuple(topic, fc.nat(999)).map(([name, number]) => `${name}/${number}`)
  const applied = fc.array(fc.tuple(partition, fc.maxSafeInteger())).map((entries) => new Map(entries))

  it('come back the same', () => {
    fc.assert(
      fc.property(applied, (offsets) => {
        expect(decodeOffsets(encodeOffsets(offsets), 'offsets')).toEqual(offsets)
      }),
    )
  })

  it('are the same text in whatever order they were applied', () => {
    fc.assert(
      fc.property(applied, (offsets) => {
        expect(encodeOffsets(new Map([...offsets].reverse()))).toBe(encodeOffsets(offsets))
      }),
    )
  })

  it('are sorted and joined by commas', () => {
    const offsets = new Map([
      ['halflife.events/7', 99],
      ['halflife.events/3', 1234],
    ])
    expect(encodeOffsets(offsets)).toBe('halflife.events/3=1234,halflife.events/7=99')
    expect(encodeOffsets(new Map())).toBe('')
  })

  it.each(['a', 'a/1', 'a=1', 'a/b=1', 'a/1=x', 'a/1=1=1', 'a/1=1,'])('are refused when "%s"', (text) => {
    expect(() => decodeOffsets(text, 'offsets')).toThrow(corrupt)
  })

  it.each(['a,b/1', 'a=b/1', 'a/b/1', 'a', '/1'])(
    'are not stored under "%s", which could be misread',
    (name) => {
      expect(() => encodeOffsets(new Map([[name, 1]]))).toThrow('is not a topic/partition')
    },
  )
})

describe('seen items as bytes', () => {
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  const bits = { kinds: fc.nat(7), times: fc.nat(31) }
  const seen = fc.record({ itemHash: u32, lastSeconds: u32, ...bits })

  it('come back exactly, in their order, at 9 bytes each', () => {
    fc.assert(
      fc.property(fc.array(seen), (items) => {
        const { bytes } = SeenItems.of(items)
        expect(bytes).toHaveLength(1 + 9 * items.length)
        expect(decodeSeen(bytes, 'seen').items).toEqual(items)
      }),
    )
  })

  it('lie as documented', () => {
    const item = { itemHash: 0x01020304, lastSeconds: 0x0a0b0c0d, kinds: 5, times: 2 }
    expect(SeenItems.of([item]).bytes.toString('hex')).toBe('01040302010d0c0b0a15')
  })

  it('are refused when cut short, empty or of another version', () => {
    for (const bytes of ['', '02', '0104', '01040302010d0c0b0a0500']) {
      expect(() => decodeSeen(Buffer.from(bytes, 'hex'), 'seen')).toThrow(corrupt)
    }
  })
})

describe('numbers by id as bytes', () => {
  const itemId = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 })
  const weights = fc.array(fc.tuple(itemId, fc.double({ noNaN: true }))).map((entries) => new Map(entries))

  it('come back exactly, in their order', () => {
    fc.assert(
      fc.property(weights, (map) => {
        expect([...decodeNumbersById(encodeNumbersById(map), 'trending')]).toEqual([...map])
      }),
    )
  })

  it('are refused when cut short, followed by more, or of another version', () => {
    const bytes = encodeNumbersById(new Map([['i1', 1]]))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNumbersById(bytes.subarray(0, length), 'trending')).toThrow(corrupt)
    }
    expect(() => decodeNumbersById(Buffer.concat([bytes, bytes]), 'trending')).toThrow(corrupt)
    expect(() => decodeNumbersById(Buffer.of(9, 0, 0, 0, 0), 'trending')).toThrow(corrupt)
  })
})

describe('counts by group as bytes', () => {
  const name = fc.string({ unit: 'binary', maxLength: 64 })
  const weights = fc
    .array(fc.tuple(fc.string({ minLength: 1, maxLength: 64 }), fc.double({ noNaN: true })))
    .map((entries) => new Map(entries))
  const counts = fc.record({ landmarkMs: fc.nat(), weights })
  const groups = fc.array(fc.tuple(name, counts)).map((entries) => new Map(entries))

  it('come back exactly, in their order', () => {
    fc.assert(
      fc.property(groups, (map) => {
        expect([...decodeCountsByGroup(encodeCountsByGroup(map), 'contexts')]).toEqual([...map])
      }),
    )
  })

  it('are refused when cut short, followed by more, or of another version', () => {
    const bytes = encodeCountsByGroup(new Map([['a=b', { landmarkMs: 1, weights: new Map([['i1', 1]]) }]]))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCountsByGroup(bytes.subarray(0, length), 'contexts')).toThrow(corrupt)
    }
    expect(() => decodeCountsByGroup(Buffer.concat([bytes, bytes]), 'contexts')).toThrow(corrupt)
    expect(() => decodeCountsByGroup(Buffer.of(9, 0, 0), 'contexts')).toThrow(corrupt)
  })
})

describe('the source of a record', () => {
  it('comes back the same', () => {
    fc.assert(
      fc.property(fc.nat(), fc.maxSafeNat(), (partition, offset) => {
        expect(decodeSource(encodeSource({ partition, offset }), 'source')).toEqual({ partition, offset })
      }),
    )
  })

  it.each(['', '3', '3/', '/4', '-1/4', '3/4/5'])('is refused when "%s"', (text) => {
    expect(() => decodeSource(text, 'source')).toThrow(corrupt)
  })

  it('is newer only at a later offset of the same partition, compared as a number', () => {
    expect(isNewer({ partition: 0, offset: 10 }, { partition: 0, offset: 9 })).toBe(true)
    expect(isNewer({ partition: 0, offset: 9 }, { partition: 0, offset: 9 })).toBe(false)
    expect(isNewer({ partition: 1, offset: 10 }, { partition: 0, offset: 9 })).toBe(false)
  })
})
