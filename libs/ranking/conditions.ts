import { z } from 'zod'
import type { Attributes, Item } from '../event/item.ts'

/** Declarative conditions on attributes and items: filters and boosts are made of them. */

const scalar = z.union([z.string(), z.number(), z.boolean()])
const name = z.string().min(1).max(200)
/** One, or a list of which any will do. */
export const anyOf = z.union([name, z.array(name).min(1).max(1_000)])

export const attributeConditionSchema = z
  .strictObject({
    equals: scalar.optional(),
    in: z.array(scalar).min(1).max(1_000).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    /** Equal to the user's attribute of this name. */
    sameAsUser: name.optional(),
    /** Equal to the attribute of this name in the request's context. */
    sameAsContext: name.optional(),
  })
  .refine((condition) => Object.values(condition).some((part) => part !== undefined), {
    error: 'has none of equals, in, min, max, sameAsUser, sameAsContext',
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    error: 'has a min above its max',
  })

export const attributeConditionsSchema = z.record(name, attributeConditionSchema)

export const itemConditionSchema = z.strictObject({
  category: anyOf.optional(),
  tags: z
    .strictObject({ any: z.array(name).min(1).optional(), all: z.array(name).min(1).optional() })
    .optional(),
  attributes: attributeConditionsSchema.optional(),
})

export type AttributeCondition = z.infer<typeof attributeConditionSchema>
export type AttributeConditions = z.infer<typeof attributeConditionsSchema>
export type ItemCondition = z.infer<typeof itemConditionSchema>

/** What is known of who asks, and of the moment: a country, a device. */
export interface Circumstances {
  readonly user: Attributes
  readonly context: Attributes
}

type Value = Attributes[string] | undefined

export const listOf = (one: string | readonly string[]): readonly string[] =>
  typeof one === 'string' ? [one] : one

/** Whether an item fulfils a condition; built once for a request, asked for each item. */
export function itemTest(condition: ItemCondition, circumstances: Circumstances): (item: Item) => boolean {
  const tests: ((item: Item) => boolean)[] = []
  const { category, tags, attributes } = condition
  if (category !== undefined) {
    const wanted = new Set(listOf(category))
    tests.push((item) => wanted.has(item.category))
  }
  if (tags?.any !== undefined) {
    const any = new Set(tags.any)
    tests.push((item) => item.tags.some((tag) => any.has(tag)))
  }
  for (const tag of tags?.all ?? []) tests.push((item) => item.tags.includes(tag))
  if (attributes !== undefined) {
    const holds = attributesTest(attributes, circumstances)
    tests.push((item) => holds(item.attributes))
  }
  return (item) => tests.every((test) => test(item))
}

/** Whether all attributes named fulfil their conditions; one that is absent fulfils none. */
export function attributesTest(
  conditions: AttributeConditions,
  circumstances: Circumstances,
): (attributes: Attributes) => boolean {
  const tests = Object.entries(conditions).map(([attribute, condition]) => {
    return [attribute, valueTest(condition, circumstances)] as const
  })
  return (attributes) => tests.every(([attribute, test]) => test(ownValue(attributes, attribute)))
}

function valueTest(
  condition: AttributeCondition,
  { user, context }: Circumstances,
): (value: Value) => boolean {
  const { equals, in: choices, min, max, sameAsUser, sameAsContext } = condition
  const tests: ((value: Value) => boolean)[] = []
  if (equals !== undefined) tests.push(oneOf([equals]))
  if (choices !== undefined) tests.push(oneOf(choices))
  if (sameAsUser !== undefined) tests.push(oneOf(elements(ownValue(user, sameAsUser))))
  if (sameAsContext !== undefined) tests.push(oneOf(elements(ownValue(context, sameAsContext))))
  if (min !== undefined) tests.push((value) => typeof value === 'number' && value >= min)
  if (max !== undefined) tests.push((value) => typeof value === 'number' && value <= max)
  return (value) => tests.every((test) => test(value))
}

/** A list fulfils it when one of its elements does. Compared as text: a query string knows no numbers. */
function oneOf(choices: readonly (string | number | boolean)[]): (value: Value) => boolean {
  const wanted = new Set(choices.map(String))
  return (value) => elements(value).some((element) => wanted.has(String(element)))
}

/** Objects have a `constructor` that nobody gave them. */
function ownValue(attributes: Attributes, name: string): Value {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined
}

function elements(value: Value): readonly (string | number | boolean)[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
