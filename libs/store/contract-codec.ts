import { HalflifeError } from '../errors/halflife-error.ts'
import { encodeNumber } from './number-codec.ts'
import type { StoreContract } from './store.ts'

/* The contract's record, all text:
 *
 *   version                           1
 *   spaces, timescales                JSON array of names, in the order of the interest block
 *   space:<name>:dimension            384
 *   space:<name>:model                which model, or producer, made the vectors
 *   timescale:<name>:halfLifeSeconds  1800
 *   recalledTimescales                JSON array of the names of those whose vectors are not stored; absent: none
 *   userTtlSeconds                    7776000
 *   userVectors                       float16; absent: float32
 */

export function encodeContract({
  version,
  shape,
  userVectors,
  userTtlMs,
}: StoreContract): Map<string, string> {
  const fields = new Map([
    ['version', String(version)],
    ['spaces', JSON.stringify(shape.spaces.map(({ name }) => name))],
    ['timescales', JSON.stringify(shape.timescales.map(({ name }) => name))],
    ['userTtlSeconds', encodeNumber(userTtlMs / 1_000)],
  ])
  const recalled = shape.timescales.filter((timescale) => timescale.recalled).map(({ name }) => name)
  if (recalled.length > 0) fields.set('recalledTimescales', JSON.stringify(recalled))
  if (userVectors !== 'float32') fields.set('userVectors', userVectors)
  for (const { name, dimension, model } of shape.spaces) {
    fields.set(`space:${name}:dimension`, String(dimension))
    fields.set(`space:${name}:model`, model)
  }
  for (const { name, halfLifeMs } of shape.timescales) {
    fields.set(`timescale:${name}:halfLifeSeconds`, encodeNumber(halfLifeMs / 1_000))
  }
  return fields
}

/** @param place what was opened, for the message @throws HL_STORE_CONTRACT when any field differs */
export function requireSameContract(
  place: string,
  stored: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): void {
  for (const field of new Set([...stored.keys(), ...wanted.keys()])) {
    if (stored.get(field) === wanted.get(field)) continue
    const show = (value: string | undefined): string => (value === undefined ? 'nothing' : `'${value}'`)
    throw new HalflifeError(
      'HL_STORE_CONTRACT',
      `${place} was written with ${field} = ${show(stored.get(field))}, and this process is set to ` +
        `${show(wanted.get(field))}. Set it to the stored value, or build the store anew under this one with \`halflife rebuild\`.`,
    )
  }
}
