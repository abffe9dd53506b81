/* Reads one user's interests from Redis as docs/redis-contract.md describes them. It uses nothing of Halflife's own
 * code, so that it can be copied; its one dependency is ioredis.
 *
 *   npx tsx read-user.ts --user u1 --redis redis://localhost:6379 [--prefix halflife] [--at <ms since the epoch>]
 *   npx tsx read-user.ts --user u1 --dump dump.json [--at <ms since the epoch>]
 *
 * A dump is {"contract": {field: hex}, "user": {field: hex}}, the fields of the two hashes. */

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'

type Hash = Readonly<Record<string, Buffer>>

interface Interest {
  space: string
  timescale: string
  mass: number
  vector: number[]
}

interface RememberedEvent {
  fingerprint: string
  itemId: string
  type: string
  occurredAt: number
  weight: number
}

/** Interest vectors and masses as they stand at `at`, one for each space and timescale of which vectors are stored. */
function readInterests(contract: Hash, user: Hash, at: number): Interest[] {
  const asOf = Number(text(user, 'asof'))
  const floats = contract.userVectors ? readFloats[text(contract, 'userVectors')] : readFloats.float32
  if (!floats) throw new Error(`vectors of ${text(contract, 'userVectors')}, which this reader does not know`)
  const recalled = contract.recalledTimescales ? names(contract, 'recalledTimescales') : []
  const stored = names(contract, 'timescales').filter((timescale) => !recalled.includes(timescale))
  return names(contract, 'spaces').flatMap((space) =>
    stored.map((timescale) => {
      const halfLifeMs = Number(text(contract, `timescale:${timescale}:halfLifeSeconds`)) * 1_000
      const factor = 2 ** (-Math.max(0, at - asOf) / halfLifeMs)
      const bytes = field(user, `vec:${space}:${timescale}`)
      const dimension = Number(text(contract, `space:${space}:dimension`))
      const vector = Array.from({ length: dimension }, (_, i) => floats(bytes, i) * factor)
      return { space, timescale, mass: Number(text(user, `mass:${timescale}`)) * factor, vector }
    }),
  )
}

/** The i-th number of a vector, by what the contract says of `userVectors`. */
const readFloats: Readonly<Record<string, (bytes: Buffer, i: number) => number>> = {
  float32: (bytes, i) => bytes.readFloatLE(4 * i),
  float16: (bytes, i) => fromHalf(bytes.readUInt16LE(2 * i)),
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. Infinities do not occur. */
function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 0x1f
  const fraction = (bits & 0x3ff) / 1_024
  const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -size : size
}

/** `remembered` and `waiting`: the newest event first. */
function readEvents(bytes: Buffer): RememberedEvent[] {
  let at = 0
  const advance = (length: number): number => {
    at += length
    return at - length
  }
  const u8 = (): number => bytes.readUInt8(advance(1))
  const u16 = (): number => bytes.readUInt16LE(advance(2))
  const f64 = (): number => bytes.readDoubleLE(advance(8))
  const utf8 = (length: number): string => bytes.toString('utf8', advance(length), at)

  requireVersion('events', u8())
  const kinds = Array.from({ length: u16() }, () => ({ weight: f64(), type: utf8(u8()) }))
  return Array.from({ length: u16() }, () => {
    const fingerprint = bytes.toString('hex', advance(8), at)
    const occurredAt = f64()
    const { type, weight } = kinds[u16()]!
    return { fingerprint, itemId: utf8(u8() + 1), type, occurredAt, weight }
  })
}

/** `seen`: a version byte, then 9 bytes an item. */
function readSeen(bytes: Buffer): { itemHash: number; lastSeconds: number; kinds: number }[] {
  requireVersion('seen items', bytes.readUInt8(0))
  return Array.from({ length: (bytes.length - 1) / 9 }, (_, i) => ({
    itemHash: bytes.readUInt32LE(1 + 9 * i),
    lastSeconds: bytes.readUInt32LE(5 + 9 * i),
    kinds: bytes.readUInt8(9 + 9 * i) & 7,
  }))
}

function readOffsets(offsets: string): Record<string, number> {
  const entries = offsets.split(',').filter((entry) => entry !== '')
  return Object.fromEntries(
    entries.map((entry) => {
      const [partition, offset] = entry.split('=')
      return [partition, Number(offset)]
    }),
  )
}

function readUser(contract: Hash, user: Hash, at: number) {
  requireVersion('contract', Number(text(contract, 'version')))
  if (contract.restoring)
    throw new Error('a backup is being restored here, and what is there is not whole yet')
  return {
    interests: readInterests(contract, user, at),
    remembered: readEvents(field(user, 'remembered')),
    waiting: user.waiting?.length ? readEvents(user.waiting) : [],
    seen: readSeen(field(user, 'seen')),
    ...(user.forgotten?.length && { forgottenAt: Object.values(readOffsets(text(user, 'forgotten')))[0] }),
    offsets: readOffsets(text(user, 'offsets')),
  }
}

function requireVersion(what: string, version: number): void {
  if (version !== 1) throw new Error(`${what} of version ${version}, and this reader knows version 1`)
}

function field(hash: Hash, name: string): Buffer {
  const value = hash[name]
  if (!value) throw new Error(`The field ${name} is missing`)
  return value
}

function text(hash: Hash, name: string): string {
  return field(hash, name).toString()
}

function names(contract: Hash, name: string): string[] {
  return JSON.parse(text(contract, name))
}

/** Braces, percent signs and control characters of an id are escaped, as in a URL; nothing else is. */
function userKey(prefix: string, userId: string): string {
  return `${prefix}:user:{${userId.replace(/[{}%\p{Cc}]/gu, encodeURIComponent)}}`
}

async function fetchHashes(url: string, prefix: string, userId: string): Promise<[Hash, Hash]> {
  const redis = new Redis(url)
  try {
    const generation = await redis.get(`${prefix}:generation`)
    const own = generation ? `${prefix}:g${generation}` : prefix
    return [await redis.hgetallBuffer(`${own}:contract`), await redis.hgetallBuffer(userKey(own, userId))]
  } finally {
    redis.disconnect()
  }
}

function loadHashes(path: string): [Hash, Hash] {
  const dump: Record<'contract' | 'user', Record<string, string>> = JSON.parse(readFileSync(path, 'utf8'))
  const hash = (fields: Record<string, string>): Hash =>
    Object.fromEntries(Object.entries(fields).map(([name, hex]) => [name, Buffer.from(hex, 'hex')]))
  return [hash(dump.contract), hash(dump.user)]
}

const { values: options } = parseArgs({
  options: {
    user: { type: 'string', default: '' },
    redis: { type: 'string', default: 'redis://localhost:6379' },
    dump: { type: 'string' },
    prefix: { type: 'string', default: 'halflife' },
    at: { type: 'string', default: String(Date.now()) },
  },
})
const [contract, user] = options.dump
  ? loadHashes(options.dump)
  : await fetchHashes(options.redis, options.prefix, options.user)
// A forgotten user leaves a hash behind, without a time of the newest event.
if (!user.asof?.length) throw new Error(`Nothing is held about the user ${options.user}`)
process.stdout.write(`${JSON.stringify(readUser(contract, user, Number(options.at)))}\n`)
