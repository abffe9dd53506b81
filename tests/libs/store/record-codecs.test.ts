import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventList } from '../../../libs/interest/event-list.ts'
import { interestShape, vectorStart } from '../../../libs/interest/interest-shape.ts'
import { SeenItems } from '../../../libs/interest/seen-items.ts'
import { emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import { encodeContract, requireSameContract } from '../../../libs/store/contract-codec.ts'
import { packRecord, unpackRecord } from '../../../libs/store/embedded/packed-record-codec.ts'
import { decodeItem, encodeItem } from '../../../libs/store/item-codec.ts'
import { decodePartition } from '../../../libs/store/partition-codec.ts'
import { decodeProfile, encodeProfile } from '../../../libs/store/profile-codec.ts'
import type { RecordFields } from '../../../libs/store/record-fields.ts'
import { decodeUser, encodeUser, userFieldNames } from '../../../libs/store/user-codec.ts'
import { sampleContract, sampleItem, sampleState } from '../../contract/store-sample.ts'

const { shape } = sampleContract
const corrupt = expect.objectContaining({ code: 'HL_STORE_CORRUPT' })

function fieldsOf(entries: Iterable<readonly [string, Buffer | string | undefined]>): Map<string, Buffer> {
  const fields = new Map<string, Buffer>()
  for (const [name, value] of entries) if (value !== undefined) fields.set(name, Buffer.from(value))
  return fields
}

function userFields(): Map<string, Buffer> {
  const values = encodeUser(sampleContract, sampleState(1))
  return fieldsOf(userFieldNames(shape).map((name, index) => [name, values[index]] as const))
}

function without(fields: RecordFields, name: string): RecordFields {
  return new Map([...fields].filter(([field]) => field !== name))
}

describe("a user's record", () => {
  it('has a field for each space and timescale, and offsets as its last', () => {
    expect(userFieldNames(shape)).toEqual([
      ...['vec:text:session', 'vec:text:lasting', 'vec:image:session', 'vec:image:lasting'],
      ...['mass:session', 'mass:lasting', 'asof', 'remembered', 'seen', 'waiting', 'forgotten'],
      ...['aliasof', 'aliases', 'offsets'],
    ])
  })

  it('comes back exactly', () => {
    expect(decodeUser(sampleContract, 'u1', userFields()).state).toEqual(sampleState(1))
  })

  it('takes half the bytes for vectors of float16, and only for these', () => {
    const half = { ...sampleContract, userVectors: 'float16' } as const
    const values = encodeUser(half, sampleState(1))
    const sizes = (all: typeof values) => all.map((value) => value?.length)
    const vectors = values.slice(0, 4)
    expect(sizes(vectors)).toEqual(
      sizes(encodeUser(sampleContract, sampleState(1)).slice(0, 4)).map((n) => n! / 2),
    )
    const fields = fieldsOf(userFieldNames(shape).map((name, index) => [name, values[index]] as const))
    const { interest, ...rest } = decodeUser(half, 'u1', fields).state
    const { interest: wanted, ...same } = sampleState(1)
    expect(rest).toEqual(same)
    expect(interest.masses).toEqual(wanted.masses)
    for (const [n, x] of interest.sums.entries()) {
      expect(Math.abs(x - wanted.sums[n]!)).toBeLessThanOrEqual(Math.abs(wanted.sums[n]!) / 2_048 + 2 ** -25)
    }
  })

  it('has no vector of a timescale that is recalled, and zeros where it would be', () => {
    const [session, lasting] = shape.timescales
    const scarce = {
      ...sampleContract,
      shape: interestShape(shape.spaces, [{ ...session!, recalled: true }, lasting!]),
    }
    const names = userFieldNames(scarce.shape)
    expect(names).toEqual(userFieldNames(shape).filter((name) => !/^vec:.*:session$/.test(name)))
    const values = encodeUser(scarce, sampleState(1))
    const fields = fieldsOf(names.map((name, index) => [name, values[index]] as const))
    const { interest, ...rest } = decodeUser(scarce, 'u1', fields).state
    const { interest: wanted, ...same } = sampleState(1)
    expect(rest).toEqual(same)
    expect(interest.masses).toEqual(wanted.masses)
    for (const [s, { dimension }] of shape.spaces.entries()) {
      const start = vectorStart(shape, s, 0)
      const both = interest.sums.subarray(start, start + 2 * dimension)
      const kept = wanted.sums.subarray(start + dimension, start + 2 * dimension)
      expect([...both]).toEqual([...new Float32Array(dimension), ...kept])
    }
    const contracts = [sampleContract, scarce].map(encodeContract)
    expect(() => requireSameContract('It', contracts[0]!, contracts[1]!)).toThrow('recalledTimescales')
  })

  it('cannot do without any field but those of what may not have happened', () => {
    for (const name of userFieldNames(shape)) {
      const decode = (): unknown => decodeUser(sampleContract, 'u1', without(userFields(), name))
      if (name === 'waiting') expect(decode()).toMatchObject({ state: { waiting: new EventList() } })
      else if (name === 'forgotten') expect(decode()).toMatchObject({ state: { forgottenAtMs: 0 } })
      else if (name.startsWith('alias')) expect(decode()).toMatchObject({ state: { aliases: [] } })
      else expect(decode).toThrow(`The stored user "u1" cannot be read: ${name} is missing`)
    }
  })
})

describe("a forgotten user's record", () => {
  const forgotten = { forgottenAtMs: 1_767_268_800_000, forgottenIn: 'halflife.events/3' }
  const blank = { ...emptyUser(shape), ...forgotten, applied: new Map([['halflife.events/3', 7]]) }
  const fieldsOfState = (state: UserState) => {
    const values = encodeUser(sampleContract, state)
    return fieldsOf(userFieldNames(shape).map((name, index) => [name, values[index]] as const))
  }

  it('is when and where they were forgotten and the offsets, and no vector', () => {
    const fields = fieldsOfState(blank)
    expect(Object.fromEntries([...fields].map(([name, value]) => [name, value.toString()]))).toEqual({
      forgotten: 'halflife.events/3=1767268800000',
      offsets: 'halflife.events/3=7',
    })
    expect(decodeUser(sampleContract, 'u1', fields).state).toEqual(blank)
  })

  it('has everything again beside it once the user does something', () => {
    const applied = new Map([['halflife.events/3', 8]])
    const fingerprint = '0'.repeat(16)
    const event = { fingerprint, itemId: 'i', type: 'view', occurredAtMs: 1_767_268_800_001, weight: 1 }
    const waits: UserState = { ...emptyUser(shape), ...forgotten, applied, waiting: EventList.of([event]) }
    const saw: UserState = { ...emptyUser(shape), ...forgotten, applied, seen: new SeenItems() }
    saw.seen.see(event, 5)
    for (const state of [sampleState(1, forgotten), waits, saw])
      expect(decodeUser(sampleContract, 'u1', fieldsOfState(state)).state).toEqual(state)
  })

  it('is whole of somebody who was never forgotten, even if nothing of what they did has weight', () => {
    const state: UserState = { ...emptyUser(shape), applied: new Map([['halflife.events/3', 7]]) }
    expect(decodeUser(sampleContract, 'u1', fieldsOfState(state)).state).toEqual(state)
  })

  it('is refused when it does not say when', () => {
    const damaged = fieldsOfState(blank).set('forgotten', Buffer.from('yesterday'))
    expect(() => decodeUser(sampleContract, 'u1', damaged)).toThrow(corrupt)
  })
})

describe('the record of a user with several ids', () => {
  const links = {
    aliasOf: { userId: '三体迷,=/', atMs: 1_767_268_800_000 },
    aliases: [
      { userId: 'b', atMs: 2 },
      { userId: 'a', atMs: 1 },
    ],
    applied: new Map([['halflife.events/3', 7]]),
  }
  const fieldsOfState = (state: UserState) => {
    const values = encodeUser(sampleContract, state)
    return fieldsOf(userFieldNames(shape).map((name, index) => [name, values[index]] as const))
  }

  it('is, before they do anything, those ids and the offsets', () => {
    const state = { ...emptyUser(shape), ...links }
    const fields = fieldsOfState(state)
    expect(Object.fromEntries([...fields].map(([name, value]) => [name, value.toString()]))).toEqual({
      aliasof: '[{"userId":"三体迷,=/","at":1767268800000}]',
      aliases: '[{"userId":"b","at":2},{"userId":"a","at":1}]',
      offsets: 'halflife.events/3=7',
    })
    expect(decodeUser(sampleContract, 'u1', fields).state).toEqual(state)
  })

  it('comes back exactly once they did', () => {
    const state = sampleState(1, links)
    expect(decodeUser(sampleContract, 'u1', fieldsOfState(state)).state).toEqual(state)
  })

  it('is refused when it is not of the documented shape', () => {
    const damaged = fieldsOfState(sampleState(1, links)).set('aliases', Buffer.from('[{"userId":1}]'))
    expect(() => decodeUser(sampleContract, 'u1', damaged)).toThrow(corrupt)
  })
})

describe("an item's record", () => {
  const fields = (): Map<string, Buffer> => fieldsOf(encodeItem(sampleItem('i1')))

  it('comes back exactly', () => {
    expect(decodeItem(shape, 'i1', fields())).toEqual(sampleItem('i1'))
  })

  it('is no item when only the source is left', () => {
    expect(decodeItem(shape, 'i1', fieldsOf([['source', '0/1']]))).toBeUndefined()
  })

  it.each([
    ['tags', '{}'],
    ['tags', '["a"'],
    ['attributes', '{"a":{}}'],
    ['available', 'yes'],
    ['vec:text', Buffer.alloc(4)],
  ])('is refused when its field %s is %s', (name, value) => {
    const damaged = fields().set(name, Buffer.from(value))
    expect(() => decodeItem(shape, 'i1', damaged)).toThrow(`The stored item "i1" cannot be read: ${name} `)
    expect(() => decodeItem(shape, 'i1', damaged)).toThrow(corrupt)
  })
})

describe("a profile's record", () => {
  it('comes back exactly', () => {
    const profile = { attributes: { plan: 'free' }, statedInterests: ['科幻'], follows: ['i1'] }
    expect(decodeProfile('u1', fieldsOf(encodeProfile(profile)))).toEqual(profile)
    expect(decodeProfile('u1', fieldsOf([['source', '0/1']]))).toBeUndefined()
  })

  it('is refused when it is no profile', () => {
    expect(() => decodeProfile('u1', fieldsOf([['json', '{"follows":1}']]))).toThrow(corrupt)
  })
})

describe("a partition's record", () => {
  it('is refused with its name and the field', () => {
    expect(() => decodePartition('halflife.events/3', fieldsOf([['position', 'x']]))).toThrow(
      'The stored partition "halflife.events/3" cannot be read: position is "x"',
    )
  })
})

describe('a packed record', () => {
  const name = fc.string({ unit: 'binary', maxLength: 40 })
  const value = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  const record = fc.array(fc.tuple(name, value), { maxLength: 20 }).map((entries) => new Map(entries))

  it('comes back exactly', () => {
    fc.assert(
      fc.property(record, (fields) => {
        expect(unpackRecord(packRecord([...fields]))).toEqual(fields)
      }),
    )
  })

  it('is refused when cut short anywhere, or of another version', () => {
    const bytes = packRecord([
      ['asof', '1'],
      ['offsets', ''],
    ])
    for (let length = 0; length < bytes.length; length++) {
      expect(() => unpackRecord(bytes.subarray(0, length))).toThrow(corrupt)
    }
    expect(() => unpackRecord(Buffer.of(2, 0))).toThrow('record is of version 2')
  })
})

describe("the contract's record", () => {
  it('says everything that the bytes depend on, as text', () => {
    const contract = {
      ...sampleContract,
      shape: interestShape(
        [{ name: 'text', dimension: 384, model: 'm' }],
        [{ name: 'session', halfLifeMs: 1_500 }],
      ),
    }
    expect(Object.fromEntries(encodeContract(contract))).toEqual({
      version: '1',
      spaces: '["text"]',
      timescales: '["session"]',
      userTtlSeconds: '7776000',
      'space:text:dimension': '384',
      'space:text:model': 'm',
      'timescale:session:halfLifeSeconds': '1.5',
    })
  })

  it('must be the same in every field, known to either side', () => {
    const wanted = encodeContract(sampleContract)
    for (const field of [...wanted.keys(), 'a field of later days']) {
      const stored = new Map(wanted).set(field, 'other')
      expect(() => requireSameContract('The store', stored, wanted)).toThrow(`${field} = 'other'`)
    }
    expect(() => requireSameContract('The store', new Map(wanted), wanted)).not.toThrow()
  })
})
