import { z } from 'zod'
import { attributesSchema } from '../event/item.ts'
import type { InterestShape } from '../interest/interest-shape.ts'
import type { StoredItem } from './catalog-store.ts'
import { corruptField, decodingRecord } from './corrupt-record.ts'
import { decodeFloats, encodeFloats } from './float32-codec.ts'
import { decodeJson } from './json-codec.ts'
import { type RecordFields, requireText } from './record-fields.ts'

/* An item's record:
 *
 *   vec:<space>   float32[dimension], a unit vector; a space may be absent   float32-codec.ts
 *   title, description, category    text
 *   tags          JSON array of texts
 *   attributes    JSON object
 *   available     `1` or `0`
 *   hash          text: hash of the embedded text and its model
 *   source        text                                                       source-codec.ts
 *
 * A removed item keeps `source` alone, for some time, to refuse an older write. */

/** All fields but `source`. The vectors are views of the item's own memory. */
export function encodeItem({
  item,
  vectors,
  contentHash,
}: StoredItem): [name: string, value: Buffer | string][] {
  return [
    ...Array.from(vectors, ([space, vector]): [string, Buffer] => [VECTOR + space, encodeFloats(vector)]),
    ['title', item.title],
    ['description', item.description],
    ['category', item.category],
    ['tags', JSON.stringify(item.tags)],
    ['attributes', JSON.stringify(item.attributes)],
    ['available', item.available ? '1' : '0'],
    ['hash', contentHash],
  ]
}

/** undefined for a removed item. @throws HL_STORE_CORRUPT */
export function decodeItem(
  shape: InterestShape,
  itemId: string,
  fields: RecordFields,
): StoredItem | undefined {
  if (!fields.has('title')) return undefined
  return decodingRecord('item', itemId, () => ({
    item: {
      itemId,
      title: requireText(fields, 'title'),
      description: requireText(fields, 'description'),
      category: requireText(fields, 'category'),
      tags: decodeJson(requireText(fields, 'tags'), tagsSchema, 'tags'),
      attributes: decodeJson(requireText(fields, 'attributes'), attributesSchema, 'attributes'),
      available: decodeFlag(requireText(fields, 'available'), 'available'),
    },
    vectors: decodeVectors(shape, fields),
    contentHash: requireText(fields, 'hash'),
  }))
}

const VECTOR = 'vec:'
const tagsSchema = z.array(z.string())
const TEXT_FIELDS = ['title', 'description', 'category', 'tags', 'attributes', 'available', 'hash']

/** Of what `decodeItem` reads. */
export function itemFieldNames(shape: InterestShape): string[] {
  return [...shape.spaces.map(({ name }) => VECTOR + name), ...TEXT_FIELDS]
}

function decodeVectors(shape: InterestShape, fields: RecordFields): Map<string, Float32Array> {
  const vectors = new Map<string, Float32Array>()
  for (const [name, bytes] of fields) {
    if (!name.startsWith(VECTOR)) continue
    const space = name.slice(VECTOR.length)
    const vector = decodeFloats(bytes, name)
    const dimension = shape.spaces.find((known) => known.name === space)?.dimension
    if (dimension !== undefined && dimension !== vector.length) {
      throw corruptField(name, `has ${vector.length} dimensions instead of ${dimension}`)
    }
    vectors.set(space, vector)
  }
  return vectors
}

function decodeFlag(text: string, field: string): boolean {
  if (text !== '0' && text !== '1') throw corruptField(field, `is "${text}", neither 0 nor 1`)
  return text === '1'
}
