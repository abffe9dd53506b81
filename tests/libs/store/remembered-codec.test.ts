import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventList } from '../../../libs/interest/event-list.ts'
import { decodeRemembered } from '../../../libs/store/remembered-codec.ts'

const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 })
const hex = fc.constantFrom(...'0123456789abcdef')
const remembered = fc.record({
  fingerprint: fc.array(hex, { minLength: 16, maxLength: 16 }).map((digits) => digits.join('')),
  itemId: id,
  type: fc.oneof(fc.constantFrom('view', 'click', 'purchase'), fc.string({ unit: 'binary', maxLength: 60 })),
  occurredAtMs: fc.double({ noNaN: true }),
  weight: fc.oneof(fc.constantFrom(1, 2, 8, 0, -0), fc.double({ noNaN: true, noDefaultInfinity: true })),
})

const CORRUPT = { code: 'HL_STORE_CORRUPT' }

describe('remembered events as bytes', () => {
  it('come back exactly, in their order', () => {
    fc.assert(
      fc.property(fc.array(remembered, { maxLength: 80 }), (events) => {
        expect(decodeRemembered(EventList.of(events).bytes, 'remembered').events).toEqual(events)
      }),
    )
  })

  it('lie as documented', () => {
    const event = {
      fingerprint: '0123456789abcdef',
      itemId: 'é1',
      type: 'view',
      occurredAtMs: 1_700_000_000_123,
      weight: 1,
    }
    expect(EventList.of([event]).bytes.toString('hex')).toBe(
      [
        ...['01', '0100', '000000000000f03f', '04', '76696577'],
        ...['0100', '0123456789abcdef', '00b08756febc7842'],
        ...['0000', '02', 'c3a931'],
      ].join(''),
    )
  })

  it('take 19 bytes and the itemId each, however many share a type and weight', () => {
    const event = {
      fingerprint: 'f'.repeat(16),
      itemId: 'ten-chars!',
      type: 'view',
      occurredAtMs: 1,
      weight: 0.1,
    }
    const size = (count: number): number => EventList.of(Array(count).fill(event)).bytes.length
    expect(size(51) - size(50)).toBe(29)
  })

  it('take ids of 1 to 256 bytes', () => {
    const events = [1, 256].map((length) => ({
      fingerprint: '0'.repeat(16),
      itemId: 'x'.repeat(length),
      type: 'view',
      occurredAtMs: 0,
      weight: 1,
    }))
    expect(decodeRemembered(EventList.of(events).bytes, 'remembered').events).toEqual(events)
    expect(() => EventList.of([{ ...events[0]!, itemId: '' }])).toThrow(RangeError)
    expect(() => EventList.of([{ ...events[0]!, itemId: 'x'.repeat(257) }])).toThrow(RangeError)
  })

  it('are refused when cut short anywhere, or followed by more', () => {
    const { bytes } = EventList.of(fc.sample(remembered, { numRuns: 3, seed: 7 }))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRemembered(bytes.subarray(0, length), 'waiting')).toThrow(
        expect.objectContaining(CORRUPT),
      )
    }
    expect(() => decodeRemembered(Buffer.concat([bytes, Buffer.of(0)]), 'waiting')).toThrow(
      'waiting has 1 bytes too many',
    )
  })

  it('never crash the reader, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeRemembered(Buffer.from([1, ...bytes]), 'remembered')
        } catch (error) {
          expect(error).toMatchObject(CORRUPT)
        }
      }),
    )
  })

  it('are refused when of another version, or when an event is of no kind', () => {
    expect(() => decodeRemembered(Buffer.of(2, 0, 0, 0, 0), 'remembered')).toThrow(
      'remembered is of version 2',
    )
    const event = Buffer.concat([Buffer.of(1, 0, 0, 1, 0), Buffer.alloc(20)])
    expect(() => decodeRemembered(event, 'remembered')).toThrow('remembered refers to kind 0 of 0')
  })
})
