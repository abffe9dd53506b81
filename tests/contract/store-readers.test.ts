import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { EventList } from '../../libs/interest/event-list.ts'
import { interestShape } from '../../libs/interest/interest-shape.ts'
import { SeenItems } from '../../libs/interest/seen-items.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import { encodeContract } from '../../libs/store/contract-codec.ts'
import type { StoreContract } from '../../libs/store/store.ts'
import { decodeUser, encodeUser, type UserLayout, userFieldNames } from '../../libs/store/user-codec.ts'
import { newRedisPlace, type RedisPlace } from './store-redis-place.ts'
import { sampleCommit } from './store-sample.ts'

/* The promise of contract v1: bytes written once stay readable, by our code and by the readers in docs/readers. The
 * fixture holds such bytes and what they mean; it must never change. */

const run = promisify(execFile)
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

const FIXTURE = pathOf('./fixtures/user-v1.json')
const fixture: {
  userId: string
  at: number
  contract: Record<string, string>
  user: Record<string, string>
  meaning: unknown
} = JSON.parse(readFileSync(FIXTURE, 'utf8'))

const contract: StoreContract = {
  version: 1,
  shape: interestShape(
    [
      { name: 'text', dimension: 3, model: 'three-floats' },
      { name: 'image', dimension: 2, model: 'two-floats' },
    ],
    [
      { name: 'session', halfLifeMs: 900_000 },
      { name: 'lasting', halfLifeMs: 1_800_000 },
    ],
  ),
  userVectors: 'float32',
  userTtlMs: 86_400_000,
}

const state: UserState = {
  interest: {
    asOfMs: 1_767_268_800_000,
    // text·session, text·lasting, image·session, image·lasting
    sums: Float32Array.of(1, -2, 0.1, 3, 4, 1e-20, 5, 6, 7, 8),
    masses: Float64Array.of(4.1, 10),
  },
  remembered: EventList.of([
    {
      fingerprint: '0123456789abcdef',
      itemId: '三体',
      type: 'click',
      occurredAtMs: 1_767_268_800_000,
      weight: 2,
    },
    {
      fingerprint: 'fedcba9876543210',
      itemId: 'item-7',
      type: 'view',
      occurredAtMs: 1_767_268_799_999,
      weight: 0.1,
    },
    {
      fingerprint: '00000000000000ff',
      itemId: 'item-8',
      type: 'click',
      occurredAtMs: 1_767_268_000_000,
      weight: 2,
    },
  ]),
  waiting: EventList.of([
    {
      fingerprint: '1111111111111111',
      itemId: 'new',
      type: 'like',
      occurredAtMs: 1_767_268_700_000,
      weight: 4,
    },
  ]),
  seen: SeenItems.of([
    { itemHash: 0xffff_ffff, lastSeconds: 1_767_268_800, kinds: 3, times: 0 },
    { itemHash: 7, lastSeconds: 1_767_268_000, kinds: 4, times: 0 },
  ]),
  applied: new Map([
    ['halflife.events/7', 99],
    ['halflife.events/3', 1_234],
  ]),
  forgottenAtMs: 0,
  forgottenIn: '',
  aliasOf: undefined,
  aliases: [],
}

const readers = [
  { name: 'Python', program: 'python3', first: [pathOf('../../docs/readers/read_user.py')] },
  {
    name: 'TypeScript',
    program: process.execPath,
    first: ['--import', 'tsx', pathOf('../../docs/readers/read-user.ts')],
  },
]

async function read({ program, first }: (typeof readers)[number], source: string[]): Promise<unknown> {
  const question = ['--user', fixture.userId, '--at', String(fixture.at)]
  const { stdout } = await run(program, [...first, ...question, ...source])
  return JSON.parse(stdout)
}

describe('bytes stored under contract v1', () => {
  let place: RedisPlace

  beforeAll(async () => {
    place = await newRedisPlace(inject('redisUrl'))
    const store = await place.open(contract)
    await store.commit(
      sampleCommit([{ userId: fixture.userId, state, storedOffsets: undefined }], undefined, 1),
    )
    await store.close()
  })
  afterAll(() => place.remove())

  it('still decode to what they meant', () => {
    const fields = new Map(Object.entries(fixture.user).map(([name, hex]) => [name, Buffer.from(hex, 'hex')]))
    expect(decodeUser(contract, fixture.userId, fields).state).toEqual(state)
  })

  it('are the bytes that are written to this day', async () => {
    const hexOf = async (key: string): Promise<Record<string, string>> => {
      const fields = await place.redis.hgetallBuffer(`${place.prefix}:${key}`)
      return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.toString('hex')]))
    }
    expect(await hexOf('user:{%7B三体迷%7D 1}')).toEqual(fixture.user)
    expect(await hexOf('contract')).toEqual(fixture.contract)
    expect(Object.keys(fixture.contract).sort()).toEqual([...encodeContract(contract).keys()].sort())
  })

  it.each(readers)('are read from a dump by the $name reader', async (reader) => {
    expect(await read(reader, ['--dump', FIXTURE])).toEqual(fixture.meaning)
  })

  it.each(readers)('are read from Redis by the $name reader', async (reader) => {
    const source = ['--redis', inject('redisUrl'), '--prefix', place.prefix]
    expect(await read(reader, source)).toEqual(fixture.meaning)
  })
})

describe('what the readers say of a user', () => {
  const hexOf = (text: string) => Buffer.from(text).toString('hex')
  const forgotten = hexOf('halflife.events/3=1767268800000')
  let folder: string
  let dumps = 0

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halflife-readers-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function dumpOf(user: Record<string, string>, dumped = fixture.contract): Promise<string> {
    const path = join(folder, `${dumps++}.json`)
    await writeFile(path, JSON.stringify({ contract: dumped, user }))
    return path
  }

  function bytesOf(layout: UserLayout, of: UserState): Map<string, Buffer> {
    const values = encodeUser(layout, of)
    const entries = userFieldNames(layout.shape).map((name, n) => [name, values[n]] as const)
    return new Map(
      entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, Buffer.from(value)]])),
    )
  }

  const asHex = (fields: Map<string, Buffer>) =>
    Object.fromEntries([...fields].map(([name, value]) => [name, value.toString('hex')]))

  it.each(readers)('$name: nothing is held of one who was forgotten', async (reader) => {
    const dump = await dumpOf({ forgotten, offsets: fixture.user.offsets! })
    await expect(read(reader, ['--dump', dump])).rejects.toThrow('Nothing is held about the user')
  })

  it.each(readers)('$name: nothing is held either when the other fields are empty', async (reader) => {
    const empty = Object.fromEntries(Object.keys(fixture.user).map((name) => [name, '']))
    const dump = await dumpOf({ ...empty, forgotten, offsets: fixture.user.offsets! })
    await expect(read(reader, ['--dump', dump])).rejects.toThrow('Nothing is held about the user')
  })

  it.each(readers)('$name: an empty field is an absent one', async (reader) => {
    const dump = await dumpOf({ ...fixture.user, waiting: '', forgotten: '' })
    expect(await read(reader, ['--dump', dump])).toEqual({ ...(fixture.meaning as object), waiting: [] })
  })

  it.each(readers)('$name: nothing of a store that is being restored', async (reader) => {
    const restoring = { ...fixture.contract, restoring: hexOf('2026-03-01T12:00:00.000Z') }
    const dump = await dumpOf(fixture.user, restoring)
    await expect(read(reader, ['--dump', dump])).rejects.toThrow('being restored')
  })

  it('Python: that it speaks no TLS, instead of that nothing is held', async () => {
    const source = ['--redis', inject('redisUrl').replace('redis:', 'rediss:')]
    await expect(read(readers[0]!, source)).rejects.toThrow('only redis://')
  })

  it.each(readers)('$name: when they were forgotten, once they have done something again', async (reader) => {
    const dump = await dumpOf({ ...fixture.user, forgotten })
    const meaning = { ...(fixture.meaning as object), forgottenAt: 1_767_268_800_000 }
    expect(await read(reader, ['--dump', dump])).toEqual(meaning)
  })

  it.each(readers)('$name: vectors of float16, where the contract says so', async (reader) => {
    const half: StoreContract = { ...contract, userVectors: 'float16' }
    const stored = bytesOf(half, state)
    const rounded = decodeUser(half, fixture.userId, stored).state
    expect(rounded.interest.sums[2]).toBeCloseTo(0.1, 4)
    expect(rounded.interest.sums[2]).not.toBe(Math.fround(0.1))
    const named = { ...fixture.contract, userVectors: hexOf('float16') }
    const [halves, floats] = [
      await dumpOf(asHex(stored), named),
      await dumpOf(asHex(bytesOf(contract, rounded))),
    ]
    expect(await read(reader, ['--dump', halves])).toEqual(await read(reader, ['--dump', floats]))
  })

  it.each(readers)('$name: the vectors that are stored, where some are recalled', async (reader) => {
    const [session, lasting] = contract.shape.timescales
    const shape = interestShape(contract.shape.spaces, [{ ...session!, recalled: true }, lasting!])
    const named = { ...fixture.contract, recalledTimescales: hexOf('["session"]') }
    const dump = await dumpOf(asHex(bytesOf({ ...contract, shape }, state)), named)
    const meaning = fixture.meaning as { interests: { timescale: string }[] }
    const interests = meaning.interests.filter(({ timescale }) => timescale !== 'session')
    expect(await read(reader, ['--dump', dump])).toEqual({ ...meaning, interests })
  })
})
