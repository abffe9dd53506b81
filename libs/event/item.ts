import { z } from 'zod'
import { identifier } from './identifier.ts'
import { shapeProblem } from './shape-problem.ts'

const attributeValue = z.union([
  z.string().max(1_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(1_000)).max(100),
])

export const attributesSchema = z.record(z.string().min(1).max(100), attributeValue)
export type Attributes = z.infer<typeof attributesSchema>

/** What a producer says of an item, without its id. `vectors` are of spaces other than `text`. */
export const itemBodySchema = z.object({
  title: z.string().trim().min(1).max(1_000),
  description: z.string().max(20_000).optional(),
  category: z.string().max(200).optional(),
  tags: z.array(z.string().min(1).max(200)).max(100).optional(),
  attributes: attributesSchema.optional(),
  available: z.boolean().optional(),
  vectors: z.record(z.string(), z.array(z.number())).optional(),
})

export const itemSchema = itemBodySchema.extend({ itemId: identifier })

/** Item as sent: contract v1, `PUT /v1/items/{itemId}` and topic `halflife.items`. */
export type ItemInput = z.infer<typeof itemSchema>

/** @throws HL_ITEM_SHAPE and HL_ID_*, naming the field, the value and the rule */
export function parseItem(value: unknown): ItemInput {
  const parsed = itemSchema.safeParse(value)
  if (!parsed.success) throw shapeProblem('item', value, parsed.error, {}, 'HL_ITEM_SHAPE')
  return parsed.data
}

/** An item as the catalog keeps it; supplied vectors are kept beside it, as unit vectors. */
export interface Item {
  readonly itemId: string
  readonly title: string
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  readonly attributes: Attributes
  /** false: known, but never recommended. */
  readonly available: boolean
}

export function itemOf(input: ItemInput): Item {
  return {
    itemId: input.itemId,
    title: input.title,
    description: input.description ?? '',
    category: input.category ?? '',
    tags: input.tags ?? [],
    attributes: input.attributes ?? {},
    available: input.available ?? true,
  }
}

/** The text that stands for an item in the `text` space. */
export function textOf(item: Item): string {
  return [item.title, item.description, item.tags.join(', ')].filter((part) => part !== '').join('. ')
}
