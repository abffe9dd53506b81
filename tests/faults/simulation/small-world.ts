/* What every simulated world is made of: a few users, a few items, and numbers that tell by themselves what was counted.
 *
 * Weights. The n-th event of a user weighs ± 4^(4 − n). At a half-life that is practically infinite the user's mass is
 * then a number to the base 4 that names each event it counts: a digit 0 for one that is not there, ± 1 for one that is
 * there once, anything else for one that was counted twice. With 20 events a user it is exact in a float64.
 *
 * Vectors. Each version of each item has an axis of its own in the text space, so a user's vector lists how much was
 * counted of each item, whichever version it had by then. The image space has a vector that never changes. */
import type { Embedder } from '../../../libs/embedding/embedder.ts'
import { defaultEventWeights } from '../../../libs/event/event-type.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../../libs/interest/user-state.ts'
import { topicNames } from '../../../libs/log/event-log.ts'
import type { StoreContract } from '../../../libs/store/store.ts'

export const topics = topicNames('simulated')
export const partitionsOf = {
  [topics.events]: 2,
  [topics.items]: 1,
  [topics.users]: 1,
  [topics.impressions]: 2,
  [topics.deadLetter]: 1,
}
/** To which the events topic may grow, by one or by doubling. */
export const MOST_PARTITIONS = 5

export const userIds = ['ann', 'bob', 'cid', 'dee']
export const itemIds = ['i0', 'i1', 'i2', 'i3', 'i4', 'i5']
/** An item that nobody ever puts into the catalog. */
export const NEVER_KNOWN = 'i5'
export const VERSIONS = 2

const EVER_MS = 1e300
/** Which timescale has the practically infinite half-life. */
export const EVER = 2

export const shape = interestShape(
  [
    { name: 'text', dimension: itemIds.length * VERSIONS, model: 'simulated' },
    { name: 'image', dimension: 3, model: 'simulated' },
  ],
  [
    { name: 'session', halfLifeMs: 1_800_000 },
    { name: 'lasting', halfLifeMs: 2_592_000_000 },
    { name: 'ever', halfLifeMs: EVER_MS },
  ],
)
export const contract: StoreContract = { version: 1, shape, userVectors: 'float32', userTtlMs: 7_776_000_000 }
export const trendingHalfLifeMs = EVER_MS
/** Longer than any world lasts. */
export const attributionWindowMs = 2_592_000_000
/** More than there are. */
export const recentUsers = 1_000
export const weights = defaultEventWeights

export const MOST_EVENTS = 20
const SMALLEST = 4 ** (4 - (MOST_EVENTS - 1))

export function weightOf(number: number, sign: 1 | -1): number {
  return sign * 4 ** (4 - number)
}

/** The weights whose sum this is. @throws when one of them would be counted more than once, or is none of `known` */
export function weightsIn(sum: number, known: readonly number[]): Set<number> {
  const counted = new Set<number>()
  let rest = sum / SMALLEST
  for (let number = MOST_EVENTS - 1; number >= 0; number--) {
    const digit = ((rest % 4) + 4) % 4
    if (digit !== 0) {
      const weight = weightOf(number, digit === 1 ? 1 : -1)
      if (digit === 2 || !Number.isInteger(digit) || !known.includes(weight)) {
        throw new Error(`the mass counts event ${number} wrongly: ${digit} in base 4`)
      }
      counted.add(weight)
      rest -= digit === 1 ? 1 : -1
    }
    rest /= 4
  }
  if (rest !== 0) throw new Error(`the mass counts what is no event: ${rest} is left over`)
  return counted
}

export function titleOf(itemId: string, version: number): string {
  return `${itemId} ${version}`
}

export const embedder: Embedder = {
  model: 'simulated',
  dimension: shape.spaces[0]!.dimension,
  embed: async (texts) => texts.map(axisOf),
  close: async () => undefined,
}

function axisOf(title: string): Float32Array {
  const [itemId = '', version] = title.split(' ')
  const vector = new Float32Array(shape.spaces[0]!.dimension)
  vector[itemIds.indexOf(itemId) * VERSIONS + Number(version)] = 1
  return vector
}

/** Not of every item; the same for each version. */
export function imageOf(itemId: string): number[] | undefined {
  const number = itemIds.indexOf(itemId)
  return number % 2 === 0 ? [0.6, 0.8 * (number - 2), 0.1] : undefined
}

/** What the states of a world are bounded by. */
export interface Room {
  readonly name: string
  readonly bounds: UserBounds
  /** Producers send events again under the same eventId: only where all ids are remembered is that caught for certain. */
  readonly repeats: boolean
  /** Some of the waiting events may be lost. */
  readonly mayLose: boolean
}

const ample: Room = {
  name: 'ample',
  bounds: { remembered: MOST_EVENTS, waiting: MOST_EVENTS, seen: itemIds.length },
  repeats: true,
  mayLose: false,
}

/** Without repeated ids nothing but the offsets keeps a redelivered event from counting twice. */
const tight: Room = {
  name: 'tight',
  bounds: { remembered: 3, waiting: MOST_EVENTS, seen: 3 },
  repeats: false,
  mayLose: false,
}

const overflowing: Room = {
  name: 'overflowing',
  bounds: { remembered: 3, waiting: 2, seen: 3 },
  repeats: false,
  mayLose: true,
}

/** Drawn from with equal chance. */
export const rooms = [ample, ample, tight, tight, overflowing]

/** What the people of a world do beside using items. */
export interface Circumstances {
  /** Not all producers use the user's id as the key: a user's events lie in several partitions from the start. */
  readonly foreignKeys: boolean
  readonly forgetting: boolean
  /** `fixed`: each anonymous id turns out to be the same user, and neither is ever forgotten. */
  readonly aliases: 'none' | 'any' | 'fixed'
  /** The events topic grows, and users' keys move: when it doubles, only to new partitions. */
  readonly growth: 'none' | 'by one' | 'doubling'
}

/** Foreign keys, or keys that move to old partitions, do not go together with forgetting: between a forgetting and what lies
 *  in another partition there is no order but time, and a tracker that comes to the forgetting late erases what is newer.
 *  Where both are, nobody who has an alias is forgotten, for the same reason: that one id goes with another is said across
 *  partitions. */
export const circumstances: readonly Circumstances[] = [
  { foreignKeys: true, forgetting: false, aliases: 'none', growth: 'none' },
  { foreignKeys: true, forgetting: false, aliases: 'fixed', growth: 'by one' },
  { foreignKeys: false, forgetting: true, aliases: 'any', growth: 'none' },
  { foreignKeys: false, forgetting: true, aliases: 'any', growth: 'none' },
  { foreignKeys: false, forgetting: true, aliases: 'none', growth: 'doubling' },
  { foreignKeys: false, forgetting: true, aliases: 'fixed', growth: 'doubling' },
]

/** Whose anonymous id is who, where that is fixed. */
export const fixedAlias = { userId: 'ann', anonymousId: 'bob' } as const
