import { HalflifeError } from '../../errors/halflife-error.ts'
import { FIRST_GENERATION } from '../generation.ts'
import { partitionName } from '../partition-codec.ts'

/** Every key of the store. What stands in braces is the key's hash tag: in a cluster, keys with the same tag lie on
 *  the same node. */
export interface RedisKeys {
  /** Name of the generation that is live. */
  readonly generation: string
  readonly contract: string
  readonly changes: string
  readonly sequence: string
  readonly indexed: string
  readonly partitions: string
  readonly models: string
  readonly promotions: string
  user(userId: string): string
  profile(userId: string): string
  shown(to: string): string
  shownForgotten(to: string): string
  item(itemId: string): string
  waiting(itemId: string): string
  embedding(key: string): string
  partition(topic: string, partition: number): string
  model(id: string): string
  nearest(space: string): string
}

/** @throws HL_SETTING for a prefix that would break the hash tags */
export function redisKeys(prefix: string, generation = FIRST_GENERATION): RedisKeys {
  if (prefix === '' || UNSAFE.test(prefix)) {
    throw new HalflifeError(
      'HL_SETTING',
      `The Redis key prefix '${prefix}' is empty or has braces, percent signs or control characters. Use a word.`,
    )
  }
  const own = ownPrefix(prefix, generation)
  return {
    generation: `${prefix}:generation`,
    contract: `${own}:contract`,
    changes: `${own}:{items}:changes`,
    sequence: `${own}:{items}:sequence`,
    indexed: `${own}:{items}:indexed`,
    partitions: `${own}:partitions`,
    nearest: (space) => `${own}:{items}:nearest:${space}`,
    user: (userId) => `${own}:user:{${escapeId(userId)}}`,
    profile: (userId) => `${own}:profile:{${escapeId(userId)}}`,
    shown: (to) => `${own}:shown:{${escapeId(to)}}`,
    shownForgotten: (to) => `${own}:shown-forgotten:{${escapeId(to)}}`,
    item: (itemId) => `${own}:item:{${escapeId(itemId)}}`,
    waiting: (itemId) => `${own}:waiting:{${escapeId(itemId)}}`,
    // The vector of a text, and a learned model, are the same in all generations.
    embedding: (key) => `${prefix}:embedding:${escapeId(key)}`,
    models: `${prefix}:models`,
    promotions: `${prefix}:promotions`,
    model: (id) => `${prefix}:model:{${escapeId(id)}}`,
    partition: (topic, partition) => `${own}:partition:{${escapeId(partitionName(topic, partition))}}`,
  }
}

/** What the keys of a generation begin with, before a colon. */
export function ownPrefix(prefix: string, generation: string): string {
  return generation === FIRST_GENERATION ? prefix : `${prefix}:g${generation}`
}

/** Whose key it is; undefined for one that generations share, or that is none of the store's. */
export function generationOf(prefix: string, key: string): string | undefined {
  if (!key.startsWith(`${prefix}:`)) return undefined
  const found = OWN_KEY.exec(key.slice(prefix.length + 1))
  return found ? (found[1] ?? FIRST_GENERATION) : undefined
}

const OWN_KEY =
  /^(?:g(\d+-[0-9a-f]{8}):)?(?:contract$|partitions$|\{items\}:|(?:user|profile|shown|shown-forgotten|item|waiting|partition):\{)/

/** Braces, which would end a hash tag early; control characters, which tools garble; and the sign that escapes them.
 *  Every other id stays readable, and decodeURIComponent gives any id back. */
const UNSAFE = /[{}%\p{Cc}]/u

export function escapeId(id: string): string {
  return UNSAFE.test(id) ? id.replace(new RegExp(UNSAFE, 'gu'), encodeURIComponent) : id
}
