import { type InterestShape, vectorStart } from '../interest/interest-shape.ts'
import { emptyInterest, type InterestState } from '../interest/interest-state.ts'
import { isBlank, type UserState } from '../interest/user-state.ts'
import { decodingRecord } from './corrupt-record.ts'
import { decodeFloat16Into, encodeFloat16 } from './float16-codec.ts'
import { decodeFloatsInto, encodeFloats } from './float32-codec.ts'
import type { StoredUser } from './interest-store.ts'
import { decodeLinks, encodeLinks } from './link-codec.ts'
import { decodeInteger, decodeNumber, encodeInteger, encodeNumber } from './number-codec.ts'
import { decodeOffsets, encodeOffsets } from './offsets-codec.ts'
import { type RecordFields, requireField, requireText } from './record-fields.ts'
import { decodeRemembered, encodeRemembered } from './remembered-codec.ts'
import { decodeSeen, encodeSeen } from './seen-codec.ts'
import type { StoreContract, UserVectors } from './store.ts'

/* A user's record:
 *
 *   vec:<space>:<timescale>   float32[dimension], or float16[dimension] where the     float32-codec.ts
 *                             contract says so; one for each space and timescale      float16-codec.ts
 *   mass:<timescale>          decimal text; one for each timescale                    number-codec.ts
 *   asof                      decimal text, ms since the epoch                        number-codec.ts
 *   remembered                binary list                                             remembered-codec.ts
 *   seen                      binary list                                             seen-codec.ts
 *   waiting                   as remembered; absent when there are none               remembered-codec.ts
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

interface VectorCodec {
  encode(vector: Float32Array): Buffer
  decodeInto(target: Float32Array, bytes: Buffer, field: string): void
}

const vectorCodecs: Readonly<Record<UserVectors, VectorCodec>> = {
  float32: { encode: encodeFloats, decodeInto: decodeFloatsInto },
  float16: { encode: encodeFloat16, decodeInto: decodeFloat16Into },
}

/** All field names in the order in which `encodeUser` gives their values; `offsets` is the last. */
export function userFieldNames(shape: InterestShape): string[] {
  const vectors = shape.spaces.flatMap((space) =>
    shape.timescales.map(({ name }) => vectorName(space.name, name)),
  )
  const masses = shape.timescales.map(({ name }) => massName(name))
  return [...vectors, ...masses, 'asof', 'remembered', 'seen', 'waiting', ...LASTING, 'offsets']
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
    const absent = new Array<undefined>(userFieldNames(shape).length - lasting.length - 1)
    return [...absent, ...lasting, offsets]
  }
  return [
    ...vectorsOf(shape, sums).map(({ vector }) => vectorCodecs[userVectors].encode(vector)),
    ...Array.from(masses, encodeNumber),
    encodeInteger(asOfMs),
    encodeRemembered(state.remembered),
    encodeSeen(state.seen),
    state.waiting.length === 0 ? undefined : encodeRemembered(state.waiting),
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
  return decodingRecord('user', userId, () => {
    const storedOffsets = requireText(fields, 'offsets')
    const applied = decodeOffsets(storedOffsets, 'offsets')
    const { forgottenAtMs, forgottenIn } = decodeForgotten(fields.get(FORGOTTEN))
    const [aliasOf] = decodeLinks(fields.get('aliasof'), 'aliasof')
    const interest = emptyInterest(layout.shape, sums)
    const isBare = !fields.has('asof') && LASTING.some((name) => fields.has(name))
    if (!isBare) decodeInterest(interest, layout, fields)
    const waiting = fields.get('waiting')
    // Written out: spreading an empty user into it cost more than all vectors.
    const state = {
      interest,
      remembered: isBare ? [] : decodeRemembered(requireField(fields, 'remembered'), 'remembered'),
      waiting: waiting === undefined ? [] : decodeRemembered(waiting, 'waiting'),
      seen: isBare ? [] : decodeSeen(requireField(fields, 'seen'), 'seen'),
      applied,
      forgottenAtMs,
      forgottenIn,
      aliasOf,
      aliases: decodeLinks(fields.get('aliases'), 'aliases'),
    }
    return { state, storedOffsets }
  })
}

function decodeInterest(
  interest: InterestState,
  { shape, userVectors }: UserLayout,
  fields: RecordFields,
): void {
  for (const { name, vector } of vectorsOf(shape, interest.sums)) {
    vectorCodecs[userVectors].decodeInto(vector, requireField(fields, name), name)
  }
  for (const [index, timescale] of shape.timescales.entries()) {
    const name = massName(timescale.name)
    interest.masses[index] = decodeNumber(requireText(fields, name), name)
  }
  interest.asOfMs = decodeInteger(requireText(fields, 'asof'), 'asof')
}

type Forgotten = Pick<UserState, 'forgottenAtMs' | 'forgottenIn'>

function encodeForgotten({ forgottenAtMs, forgottenIn }: Forgotten): string | undefined {
  return forgottenAtMs === 0 ? undefined : encodeOffsets(new Map([[forgottenIn, forgottenAtMs]]))
}

/** Of a user's record, whatever else is in it. @throws HL_STORE_CORRUPT */
export function decodeForgotten(bytes: Buffer | undefined): Forgotten {
  const [forgotten] = decodeOffsets(bytes?.toString() ?? '', 'forgotten')
  return { forgottenIn: forgotten?.[0] ?? '', forgottenAtMs: forgotten?.[1] ?? 0 }
}

/** The parts of the block `sums`, each with the name of its field, in the order of `userFieldNames`. */
function vectorsOf(shape: InterestShape, sums: Float32Array): { name: string; vector: Float32Array }[] {
  return shape.spaces.flatMap((space, s) =>
    shape.timescales.map((timescale, t) => {
      const start = vectorStart(shape, s, t)
      return {
        name: vectorName(space.name, timescale.name),
        vector: sums.subarray(start, start + space.dimension),
      }
    }),
  )
}

function vectorName(space: string, timescale: string): string {
  return `vec:${space}:${timescale}`
}

function massName(timescale: string): string {
  return `mass:${timescale}`
}
