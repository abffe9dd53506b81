import { EventList } from '../interest/event-list.ts'
import { type InterestShape, vectorStart } from '../interest/interest-shape.ts'
import { emptyInterest, type InterestState } from '../interest/interest-state.ts'
import { SeenItems } from '../interest/seen-items.ts'
import { isBlank, type UserState } from '../interest/user-state.ts'
import { corruptField, decodingRecord } from './corrupt-record.ts'
import { decodeFloat16Into, encodeFloat16 } from './float16-codec.ts'
import { decodeFloatsInto, encodeFloats } from './float32-codec.ts'
import type { StoredUser } from './interest-store.ts'
import { decodeLinks, encodeLinks } from './link-codec.ts'
import { decodeInteger, decodeNumber, encodeInteger, encodeNumber } from './number-codec.ts'
import { decodeOffsets, encodeOffsets } from './offsets-codec.ts'
import type { RecordFields } from './record-fields.ts'
import { decodeRemembered } from './remembered-codec.ts'
import { decodeSeen } from './seen-codec.ts'
import type { StoreContract, UserVectors } from './store.ts'

/* A user's record:
 *
 *   vec:<space>:<timescale>   float32[dimension], or float16[dimension] where the     float32-codec.ts
 *                             contract says so; one for each space and timescale      float16-codec.ts
 *                             but those that are recalled
 *   mass:<timescale>          decimal text; one for each timescale                    number-codec.ts
 *   asof                      decimal text, ms since the epoch                        number-codec.ts
 *   remembered                binary list                                             ../interest/event-list.ts
 *   seen                      binary list                                             ../interest/seen-items.ts
 *   waiting                   as remembered; absent when there are none               ../interest/event-list.ts
 *   forgotten                 `topic/partition=ms`; absent when never                 offsets-codec.ts
 *   aliasof                   JSON, one link; absent when there is none               link-codec.ts
 *   aliases                   JSON, as aliasof; absent when there are none            link-codec.ts
 *   offsets                   text                                                    offsets-codec.ts
 *
 * Of a user who was forgotten or whose ids were linked, and who has done nothing since, these last four are left. A vector
 * of zeros would still be a vector to an index over the hashes. */

/** What may be held of a user who has done nothing. */
const LASTING = ['forgotten', 'aliasof', 'aliases'] as const
export const FORGOTTEN = LASTING[0]

/** The part of the contract that a user's bytes depend on. */
export type UserLayout = Pick<StoreContract, 'shape' | 'userVectors'>

/** Where a vector lies in the block of all. */
interface VectorPlace {
  readonly start: number
  readonly end: number
}

interface VectorCodec {
  encode(sums: Float32Array, place: VectorPlace): Buffer
  decodeInto(sums: Float32Array, place: VectorPlace, bytes: Buffer, field: string): void
}

const vectorCodecs: Readonly<Record<UserVectors, VectorCodec>> = {
  float32: {
    encode: (sums, { start, end }) => encodeFloats(sums, start, end),
    decodeInto: (sums, { start, end }, bytes, field) => decodeFloatsInto(sums, bytes, field, start, end),
  },
  float16: {
    encode: (sums, { start, end }) => encodeFloat16(sums.subarray(start, end)),
    decodeInto: (sums, { start, end }, bytes, field) =>
      decodeFloat16Into(sums.subarray(start, end), bytes, field),
  },
}

/** All field names in the order in which `encodeUser` gives their values; `offsets` is the last. */
export function userFieldNames(shape: InterestShape): readonly string[] {
  return planOf(shape).names
}

interface FieldPlan {
  readonly names: readonly string[]
  /** Of the first names, in their order. */
  readonly vectors: readonly VectorPlace[]
}

const plans = new WeakMap<InterestShape, FieldPlan>()

/** Made once for each shape, not once for each user. */
function planOf(shape: InterestShape): FieldPlan {
  const plan = plans.get(shape) ?? makePlan(shape)
  plans.set(shape, plan)
  return plan
}

function makePlan(shape: InterestShape): FieldPlan {
  const vectors = shape.spaces.flatMap((space, s) =>
    shape.timescales.flatMap(({ name, recalled }, t) => {
      const start = vectorStart(shape, s, t)
      const place = { name: `vec:${space.name}:${name}`, start, end: start + space.dimension }
      return recalled ? [] : [place]
    }),
  )
  const masses = shape.timescales.map(({ name }) => `mass:${name}`)
  const lists = ['asof', 'remembered', 'seen', 'waiting', ...LASTING, 'offsets']
  return { names: [...vectors.map(({ name }) => name), ...masses, ...lists], vectors }
}

/** Values in the order of `userFieldNames`; undefined for an absent field, which `offsets` never is. Vectors of
 *  float32 are views of the state's own memory. */
export function encodeUser(
  { shape, userVectors }: UserLayout,
  state: UserState,
): (Buffer | string | undefined)[] {
  const { sums, masses, asOfMs } = state.interest
  const lasting = [
    encodeForgotten(state),
    encodeLinks(state.aliasOf && [state.aliasOf]),
    encodeLinks(state.aliases),
  ]
  const offsets = encodeOffsets(state.applied)
  if (lasting.some((value) => value !== undefined) && isBlank(state)) {
    const absent = new Array<undefined>(planOf(shape).names.length - lasting.length - 1)
    return [...absent, ...lasting, offsets]
  }
  return [
    ...planOf(shape).vectors.map((place) => vectorCodecs[userVectors].encode(sums, place)),
    ...Array.from(masses, encodeNumber),
    encodeInteger(asOfMs),
    state.remembered.bytes,
    state.seen.bytes,
    state.waiting.length === 0 ? undefined : state.waiting.bytes,
    ...lasting,
    offsets,
  ]
}

/** @param sums as of `emptyInterest` @throws HL_STORE_CORRUPT */
export function decodeUser(
  layout: UserLayout,
  userId: string,
  fields: RecordFields,
  sums?: Float32Array,
): StoredUser {
  const values = planOf(layout.shape).names.map((name) => fields.get(name))
  return decodeUserValues(layout, userId, values, sums)
}

/** @param values in the order of `userFieldNames` @param sums as of `emptyInterest` @throws HL_STORE_CORRUPT */
export function decodeUserValues(
  layout: UserLayout,
  userId: string,
  values: readonly (Buffer | undefined)[],
  sums?: Float32Array,
): StoredUser {
  return decodingRecord('user', userId, () => {
    const { names, vectors } = planOf(layout.shape)
    const afterMasses = vectors.length + layout.shape.timescales.length
    const [asOf, remembered, seen, waiting, forgotten, link, aliases, offsets] = values.slice(afterMasses)
    const storedOffsets = required(offsets, 'offsets').toString()
    const applied = decodeOffsets(storedOffsets, 'offsets')
    const { forgottenAtMs, forgottenIn } = decodeForgotten(forgotten)
    const [aliasOf] = decodeLinks(link, 'aliasof')
    const interest = emptyInterest(layout.shape, sums)
    const isBare = asOf === undefined && (forgotten ?? link ?? aliases) !== undefined
    if (!isBare) {
      decodeVectors(interest, layout, values)
      for (let t = 0; t < interest.masses.length; t++) {
        const name = names[vectors.length + t]!
        interest.masses[t] = decodeNumber(required(values[vectors.length + t], name).toString(), name)
      }
      interest.asOfMs = decodeInteger(required(asOf, 'asof').toString(), 'asof')
    }
    // Written out: spreading an empty user into it cost more than all vectors.
    const state = {
      interest,
      remembered: isBare
        ? new EventList()
        : decodeRemembered(required(remembered, 'remembered'), 'remembered'),
      waiting: waiting === undefined ? new EventList() : decodeRemembered(waiting, 'waiting'),
      seen: isBare ? new SeenItems() : decodeSeen(required(seen, 'seen'), 'seen'),
      applied,
      forgottenAtMs,
      forgottenIn,
      aliasOf,
      aliases: decodeLinks(aliases, 'aliases'),
    }
    return { state, storedOffsets }
  })
}

function decodeVectors(
  { sums }: InterestState,
  { shape, userVectors }: UserLayout,
  values: readonly (Buffer | undefined)[],
): void {
  const { names, vectors } = planOf(shape)
  for (let index = 0; index < vectors.length; index++) {
    const name = names[index]!
    vectorCodecs[userVectors].decodeInto(sums, vectors[index]!, required(values[index], name), name)
  }
}

function required(value: Buffer | undefined, name: string): Buffer {
  if (value === undefined) throw corruptField(name, 'is missing')
  return value
}

type Forgotten = Pick<UserState, 'forgottenAtMs' | 'forgottenIn'>

function encodeForgotten({ forgottenAtMs, forgottenIn }: Forgotten): string | undefined {
  return forgottenAtMs === 0 ? undefined : encodeOffsets(new Map([[forgottenIn, forgottenAtMs]]))
}

const NEVER: Forgotten = { forgottenIn: '', forgottenAtMs: 0 }

/** Of a user's record, whatever else is in it. @throws HL_STORE_CORRUPT */
export function decodeForgotten(bytes: Buffer | undefined): Forgotten {
  const [forgotten] = bytes === undefined ? [] : decodeOffsets(bytes.toString(), 'forgotten')
  return forgotten === undefined ? NEVER : { forgottenIn: forgotten[0], forgottenAtMs: forgotten[1] }
}
