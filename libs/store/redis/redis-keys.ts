import { HalflifeError } from '../../errors/halflife-error.ts'
import { partitionName } from '../partition-codec.ts'

/** Every key of the store. What stands in braces is the key's hash tag: in a cluster, keys with the same tag lie on
 *  the same node. */
export interface RedisKeys {
  readonly contract: string
  readonly changes: string
  readonly sequence: string
  readonly partitions: string
  readonly models: string
  readonly promotions: string
  user(userId: string): string
  profile(userId: string): string
  item(itemId: string): string
  waiting(itemId: string): string
  embedding(key: string): string
  partition(topic: string, partition: number): string
  model(id: string): string
}

/** @throws HL_SETTING for a prefix that would break the hash tags */
export function redisKeys(prefix: string): RedisKeys {
  if (prefix === '' || UNSAFE.test(prefix)) {
    throw new HalflifeError(
      'HL_SETTING',
      `The Redis key prefix '${prefix}' is empty or has braces, percent signs or control characters. Use a word.`,
    )
  }
  return {
    contract: `${prefix}:contract`,
    changes: `${prefix}:{items}:changes`,
    sequence: `${prefix}:{items}:sequence`,
    partitions: `${prefix}:partitions`,
    models: `${prefix}:models`,
    promotions: `${prefix}:promotions`,
    user: (userId) => `${prefix}:user:{${escapeId(userId)}}`,
    profile: (userId) => `${prefix}:profile:{${escapeId(userId)}}`,
    item: (itemId) => `${prefix}:item:{${escapeId(itemId)}}`,
    waiting: (itemId) => `${prefix}:waiting:{${escapeId(itemId)}}`,
    embedding: (key) => `${prefix}:embedding:${escapeId(key)}`,
    model: (id) => `${prefix}:model:{${escapeId(id)}}`,
    partition: (topic, partition) => `${prefix}:partition:{${escapeId(partitionName(topic, partition))}}`,
  }
}

/** Braces, which would end a hash tag early; control characters, which tools garble; and the sign that escapes them.
 *  Every other id stays readable, and decodeURIComponent gives any id back. */
const UNSAFE = /[{}%\p{Cc}]/u

export function escapeId(id: string): string {
  return UNSAFE.test(id) ? id.replace(new RegExp(UNSAFE, 'gu'), encodeURIComponent) : id
}
