import { isDeepStrictEqual } from 'node:util'
import { lexicalEmbedder } from '../../../libs/embedding/lexical-embedder.ts'
import { decodeItem } from '../../../libs/event/decode-record.ts'
import { itemOf, textOf } from '../../../libs/event/item.ts'
import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import { vectorStart } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import type { LogRecord } from '../../../libs/log/event-log.ts'
import type { Store } from '../../../libs/store/store.ts'
import { type ReadLog, type RecomputationRules, type RecomputedUser, recompute } from './recomputation.ts'

const VECTOR_TOLERANCE = 1e-5
const MASS_TOLERANCE = 1e-9
/** A vector whose terms have cancelled each other but for so small a part has no length to compare with. */
const NOTHING_LEFT = 1e-3
const USERS_AT_ONCE = 200

export interface StateCheck {
  readonly users: number
  /** Events that a state should count and does not, and events that it counts twice; at least one for each user whose
   *  masses are wrong. */
  readonly lost: number
  readonly double: number
  /** Largest deviation of a vector, relative to its length, and of a mass, relative to the sum of absolute weights. */
  readonly vectorDeviation: number
  readonly massDeviation: number
  /** What differs, and for whom. */
  readonly problems: readonly string[]
}

/** Vectors of the items that the log knows. */
export async function vectorsOfItems(records: readonly LogRecord[]): Promise<Map<string, Float32Array>> {
  const items = records.map((record) => itemOf(decodeItem(record).input!))
  const vectors = await lexicalEmbedder().embed(items.map(textOf))
  return new Map(items.map(({ itemId }, index) => [itemId, vectors[index]!]))
}

/** Compares every user of the log with what the store holds of them. */
export async function checkStates(
  store: Store,
  shape: InterestShape,
  log: ReadLog,
  rules: RecomputationRules,
): Promise<StateCheck> {
  const check = {
    users: 0,
    lost: 0,
    double: 0,
    vectorDeviation: 0,
    massDeviation: 0,
    problems: [] as string[],
  }
  const userIds = [...log.users.keys()]
  for (let start = 0; start < userIds.length; start += USERS_AT_ONCE) {
    const chunk = userIds.slice(start, start + USERS_AT_ONCE)
    const stored = await store.readUsers(chunk)
    for (const [index, userId] of chunk.entries()) {
      const state = stored[index]?.state ?? emptyUser(shape)
      const expected = recompute(log.users.get(userId)!, rules)
      const found = compare(state, expected, shape)
      check.users++
      check.vectorDeviation = Math.max(check.vectorDeviation, found.vectorDeviation)
      check.massDeviation = Math.max(check.massDeviation, found.massDeviation)
      if (found.problems.length === 0) continue
      const suspect = suspectOf(state, expected, [...log.users.get(userId)!.events.values()], shape)
      if (suspect !== undefined) check[suspect.kind]++
      const says = suspect?.event ? [`as if ${JSON.stringify(suspect.event)} were ${suspect.kind}`] : []
      check.problems.push(`${userId}: ${[...found.problems, ...says].join('; ')}`)
    }
  }
  return check
}

function compare(state: UserState, expected: RecomputedUser, shape: InterestShape) {
  const problems: string[] = []
  let [vectorDeviation, massDeviation] = [0, 0]
  if (state.interest.asOfMs !== expected.asOfMs) {
    problems.push(`asOf is ${state.interest.asOfMs} instead of ${expected.asOfMs}`)
  }
  const held = {
    remembered: state.remembered.events,
    waiting: state.waiting.events,
    seen: state.seen.items,
  }
  for (const list of ['remembered', 'waiting', 'seen'] as const) {
    if (isDeepStrictEqual(held[list], expected[list])) continue
    problems.push(
      `${list} has ${held[list].length} entries, other than the ${expected[list].length} it should`,
    )
  }
  for (const [t, { name }] of shape.timescales.entries()) {
    const absolute = expected.absolute[t]!
    if (absolute === 0) continue
    const massOff = Math.abs(state.interest.masses[t]! - expected.masses[t]!) / absolute
    const length = Math.max(Math.hypot(...expected.vectors[t]!), NOTHING_LEFT * absolute)
    const vectorOff = distance(vectorAt(state, shape, t), expected.vectors[t]!) / length
    massDeviation = Math.max(massDeviation, massOff)
    vectorDeviation = Math.max(vectorDeviation, vectorOff)
    if (!(massOff <= MASS_TOLERANCE)) problems.push(`the mass ${name} is off by ${massOff} of ${absolute}`)
    if (!(vectorOff <= VECTOR_TOLERANCE)) problems.push(`the vector ${name} is off by ${vectorOff}`)
  }
  return { problems, vectorDeviation, massDeviation }
}

function vectorAt(state: UserState, shape: InterestShape, timescale: number): Float32Array {
  const start = vectorStart(shape, 0, timescale)
  return state.interest.sums.subarray(start, start + shape.spaces[0]!.dimension)
}

function distance(a: Float32Array, b: Float64Array): number {
  return Math.hypot(...Array.from(b, (component, i) => component - a[i]!))
}

/** The event that alone explains the difference of the masses; or, if none does, at least whether they are too small or
 *  too large. */
function suspectOf(
  state: UserState,
  expected: RecomputedUser,
  events: readonly RememberedEvent[],
  { timescales }: InterestShape,
): { kind: 'lost' | 'double'; event: RememberedEvent | undefined } | undefined {
  const off = timescales.map((_, t) => state.interest.masses[t]! - expected.masses[t]!)
  const isOff = off.some((difference, t) => Math.abs(difference) > MASS_TOLERANCE * expected.absolute[t]!)
  if (!isOff) return undefined
  const explains = (event: RememberedEvent, sign: number) =>
    timescales.every(({ halfLifeMs }, t) => {
      const share = event.weight * 2 ** (-(expected.asOfMs - event.occurredAtMs) / halfLifeMs)
      return (
        Math.abs(off[t]! - sign * share) <= 1e-6 * Math.max(Math.abs(share), expected.absolute[t]! * 1e-3)
      )
    })
  const lost = events.find((event) => explains(event, -1))
  const double = events.find((event) => explains(event, 1))
  const kind = lost !== undefined || (double === undefined && off.at(-1)! < 0) ? 'lost' : 'double'
  return { kind, event: lost ?? double }
}
