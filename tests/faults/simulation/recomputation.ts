import { isDeepStrictEqual } from 'node:util'
import { decay } from '../../../libs/interest/decay.ts'
import { vectorStart } from '../../../libs/interest/interest-shape.ts'
import { foldEvent, type ItemVectors } from '../../../libs/interest/interest-state.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { type SeenItem, SeenItems } from '../../../libs/interest/seen-items.ts'
import { emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import type { LoggedEvent } from './ledger.ts'
import { embedder, imageOf, itemIds, type Room, shape, titleOf, VERSIONS } from './small-world.ts'

/** Relative to the sum of the absolute decayed weights. */
const MASS_TOLERANCE = 1e-9
const VECTOR_TOLERANCE = 1e-5

const vectorsOf = new Map<string, ItemVectors>()
const texts = await embedder.embed(itemIds.map((itemId) => titleOf(itemId, 0)))
for (const [index, itemId] of itemIds.entries()) {
  const image = imageOf(itemId)
  const length = Math.hypot(...(image ?? []))
  const supplied = image?.map((component) => component / length)
  const text: [string, Float32Array] = ['text', texts[index]!]
  vectorsOf.set(
    itemId,
    new Map([text, ...(supplied ? [['image', Float32Array.from(supplied)] as const] : [])]),
  )
}

/** The user's state, straight from the log.
 *  @param events each once, in any order
 *  @param isWaiting whether the event's item is unknown */
export function recompute(
  events: readonly LoggedEvent[],
  isWaiting: (event: RememberedEvent) => boolean,
  { bounds }: Room,
): UserState {
  const state = emptyUser(shape)
  for (const { event } of events) {
    state.seen.see(event, itemIds.length)
    if (isWaiting(event)) {
      state.waiting.add(event, bounds.waiting)
      continue
    }
    foldEvent(state.interest, shape, event, vectorsOf.get(event.itemId)!)
    state.remembered.add(event, bounds.remembered)
  }
  return { ...state, seen: SeenItems.of(state.seen.items.slice(0, bounds.seen)) }
}

/** Where the stored state differs from the recomputed one. */
export function differences(
  stored: UserState,
  expected: UserState,
  counted: readonly LoggedEvent[],
  room: Room,
): string[] {
  const found: string[] = []
  if (stored.interest.asOfMs !== expected.interest.asOfMs) {
    found.push(`asOf is ${stored.interest.asOfMs} instead of ${expected.interest.asOfMs}`)
  }
  if (!isDeepStrictEqual(stored.remembered.events, expected.remembered.events))
    found.push('other events are remembered')
  if (!isDeepStrictEqual(stored.waiting.events, expected.waiting.events))
    found.push('other events are waiting')
  found.push(
    ...seenDifferences(stored.seen.items, expected.seen.items, room),
    ...sumDifferences(stored, expected, counted),
  )
  return found
}

/** Where the list has been too short, an item may have been dropped from it and come back, and then only the newer kinds
 *  of dealing with it are known, and the newer times. */
function seenDifferences(stored: readonly SeenItem[], expected: readonly SeenItem[], room: Room): string[] {
  if (room.bounds.seen >= itemIds.length) {
    return isDeepStrictEqual(stored, expected) ? [] : ['other items have been seen']
  }
  const same =
    stored.length === expected.length &&
    stored.every(({ itemHash, lastSeconds, kinds, times }, at) => {
      const should = expected[at]!
      const isPart = (kinds & ~should.kinds) === 0 && times <= should.times
      return itemHash === should.itemHash && lastSeconds === should.lastSeconds && isPart
    })
  return same ? [] : ['other items have been seen last']
}

function sumDifferences(stored: UserState, expected: UserState, counted: readonly LoggedEvent[]): string[] {
  const found: string[] = []
  const { asOfMs } = expected.interest
  for (const [t, { name, halfLifeMs }] of shape.timescales.entries()) {
    const absolute = counted.reduce((sum, { event }) => {
      return sum + Math.abs(event.weight) * decay(asOfMs - event.occurredAtMs, halfLifeMs)
    }, 0)
    const massOff = Math.abs(stored.interest.masses[t]! - expected.interest.masses[t]!)
    if (massOff > MASS_TOLERANCE * absolute)
      found.push(`the mass ${name} is off by ${massOff} of ${absolute}`)
    const [is, should] = [byAxis(stored, t), byAxis(expected, t)]
    const off = Math.max(...should.map((component, axis) => Math.abs(component - is[axis]!)))
    if (!(off <= VECTOR_TOLERANCE * absolute)) found.push(`a vector ${name} is off by ${off} of ${absolute}`)
  }
  return found
}

/** One number for each item, whatever versions of it were counted, and then the components of the image. */
function byAxis({ interest: { sums } }: UserState, timescale: number): number[] {
  const text = vectorStart(shape, 0, timescale)
  const image = vectorStart(shape, 1, timescale)
  const items = itemIds.map((_, item) => {
    const first = text + item * VERSIONS
    return sums.subarray(first, first + VERSIONS).reduce((sum, component) => sum + component, 0)
  })
  return [...items, ...sums.subarray(image, image + shape.spaces[1]!.dimension)]
}
