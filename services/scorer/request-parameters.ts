import { z } from 'zod'
import { identifier } from '../../libs/event/identifier.ts'
import { type Attributes, attributesSchema } from '../../libs/event/item.ts'
import { type AttributeCondition, attributeConditionSchema } from '../../libs/ranking/conditions.ts'
import { type RequestFilters, requestFiltersSchema, type SeenRule } from '../../libs/ranking/filters.ts'

/** What a request may say beside whom and what it asks about: in the query string, or in a JSON body. */
export interface PageParameters {
  readonly scenario: string | undefined
  readonly limit: number | undefined
  readonly filters: RequestFilters
  readonly context: Attributes
  readonly explain: boolean
}

const scenario = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .meta({ description: 'a named preset; `halflife config` prints them', examples: ['home'] })
const limitOf = (number: z.ZodNumber | z.ZodCoercedNumber) =>
  number
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: "places on the page; the scenario's own where absent", examples: [5] })

/** What the OpenAPI document says of a parameter. It stands before any transformation: examples are of what is sent. */
interface Facts<T> {
  readonly description: string
  readonly examples: T[]
}

/** A parameter that may be given several times. */
const several = <T extends z.ZodType<string, string>>(each: T, facts: Facts<string[]>) =>
  z
    .union([each, z.array(each).min(1).max(1_000)])
    .meta({ ...facts })
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .optional()

const name = z.string().min(1).max(200)
const pair = z.string().regex(/^[^:]{1,100}:.{1,1000}$/, 'is not name:value')

/** As JSON and JavaScript write numbers, `1e-7` too, and `.5`. */
const NUMBER = String.raw`-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?`
const RANGE = new RegExp(`^(${NUMBER})?\\.\\.(${NUMBER})?$`, 'i')

/** `name:value`, `name:a|b`, `name:1..5`, `name:..5`, `name:1..` */
function conditionOf(text: string): [string, AttributeCondition] {
  const [attribute, value] = cut(text)
  const range = RANGE.exec(value)
  if (range !== null && value !== '..') {
    const [, min, max] = range
    return [attribute, { ...(min && { min: Number(min) }), ...(max && { max: Number(max) }) }]
  }
  return [attribute, value.includes('|') ? { in: value.split('|') } : { equals: value }]
}

/** All that is said of an attribute holds: `price:10..` and `price:..20` are one range. */
function conditionsOf(texts: readonly string[]): Record<string, AttributeCondition> {
  const conditions = new Map<string, AttributeCondition>()
  for (const [attribute, condition] of texts.map(conditionOf)) {
    conditions.set(attribute, { ...conditions.get(attribute), ...condition })
  }
  return Object.fromEntries(conditions)
}

/** Nothing is said twice, and no range ends before it begins. */
function isOneCondition(texts: readonly string[]): boolean {
  const parts = (conditions: readonly AttributeCondition[]) =>
    conditions.reduce((sum, condition) => sum + Object.keys(condition).length, 0)
  const merged = Object.values(conditionsOf(texts))
  return (
    parts(merged) === parts(texts.map((text) => conditionOf(text)[1])) &&
    merged.every((condition) => attributeConditionSchema.safeParse(condition).success)
  )
}

const isOneOfEach = (texts: readonly string[]) =>
  new Set(texts.map((text) => cut(text)[0])).size === texts.length

function cut(text: string): [string, string] {
  const colon = text.indexOf(':')
  return [text.slice(0, colon), text.slice(colon + 1)]
}

const condition = pair.refine((text) => attributeConditionSchema.safeParse(conditionOf(text)[1]).success, {
  error: 'is a range whose end lies before its beginning',
})

const seen = z
  .string()
  .regex(/^(off|ever|purchased|\d{1,9}s)$/, 'is none of off, ever, purchased, and a time such as 3600s')
  .meta({
    description: 'which items that the user dealt with are left out: off, ever, purchased, or within a time',
    examples: ['86400s'],
  })
  .transform((text): SeenRule => {
    if (text === 'off' || text === 'ever' || text === 'purchased') return text
    return { withinSeconds: Math.max(1, Number(text.slice(0, -1))) }
  })

const explain = z
  .enum(['true', 'false'])
  .default('false')
  .meta({ description: 'say where each score comes from', examples: ['true'] })
  .transform((text) => text === 'true')

export const pageQuery = z.object({
  scenario,
  limit: limitOf(z.coerce.number()),
  explain,
  include: several(identifier, {
    description: 'only these items',
    examples: [['books-en-05', 'film-zh-05']],
  }),
  exclude: several(identifier, { description: 'not these items', examples: [['film-en-01']] }),
  category: several(name, { description: 'one of these categories', examples: [['books', 'film']] }),
  tagsAny: several(name, {
    description: 'at least one of these tags',
    examples: [['science fiction', '科幻']],
  }),
  tagsAll: several(name, { description: 'all of these tags', examples: [['science fiction']] }),
  attribute: several(condition, {
    description: 'name:value, name:a|b for any of them, name:1..5 for a range that may be open',
    examples: [['price:..20', 'language:en|zh']],
  }).refine((texts) => texts === undefined || isOneCondition(texts), {
    error: 'says two things of one attribute that cannot both hold; name:a|b is for any of them',
  }),
  seen: seen.optional(),
  context: several(pair, {
    description: 'name:value, of the moment',
    examples: [['country:DE', 'device:phone']],
  }).refine((texts) => texts === undefined || isOneOfEach(texts), { error: 'gives one name two values' }),
})

export const pageBody = z.object({
  scenario,
  limit: limitOf(z.number()),
  explain: z.boolean().default(false).meta({ description: 'say where each score comes from' }),
  filters: requestFiltersSchema
    .default({})
    .meta({ description: 'they narrow what the scenario lets through' }),
  context: attributesSchema.default({}).meta({ description: 'of the moment, such as country or device' }),
})

export function fromQuery(query: z.infer<typeof pageQuery>): PageParameters {
  const { scenario, limit, explain, include, exclude, category, tagsAny, tagsAll, attribute, seen, context } =
    query
  const attributes = attribute && conditionsOf(attribute)
  const filters: RequestFilters = {
    ...(include && { include }),
    ...(exclude && { exclude }),
    ...(category && { category }),
    ...((tagsAny ?? tagsAll) && {
      tags: { ...(tagsAny && { any: tagsAny }), ...(tagsAll && { all: tagsAll }) },
    }),
    ...(attributes && { attributes }),
    ...(seen && { seen }),
  }
  return { scenario, limit, filters, explain, context: Object.fromEntries((context ?? []).map(cut)) }
}
