import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { attributesSchema, itemSchema } from '../../../libs/event/item.ts'
import { shapeProblem } from '../../../libs/event/shape-problem.ts'

const codes = { weight: 'HL_EVENT_WEIGHT', type: 'HL_EVENT_TYPE' } as const

function problem(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value)
  const { code, message } = shapeProblem('body', value, error!, codes, 'HL_REQUEST')
  return `${code}: ${message}`
}

describe('what is said of a wrong shape', () => {
  it.each(['weight', 'type', 'tenantId'])(
    'takes an attribute %s for what it is, not for a field of that name',
    (name) => {
      const item = { itemId: 'a', title: 'A', attributes: { [name]: 'x'.repeat(1_001) } }
      expect(problem(itemSchema, item)).toMatch(`HL_TEXT_LENGTH: attributes.${name} is "xxx`)
      const filters = z.object({ filters: z.object({ attributes: attributesSchema }) })
      expect(problem(filters, { filters: { attributes: { [name]: {} } } })).toMatch('HL_REQUEST')
    },
  )

  it.each([
    [
      { price: null },
      'attributes.price is null: Invalid input: expected string or number or boolean or array',
    ],
    [{ sizes: ['S', 7] }, 'attributes.sizes.1 is 7: Invalid input: expected string, received number'],
    [{ '': 7 }, 'attributes has the name "": Too small: expected string to have >=1 characters'],
    [{ ['x'.repeat(101)]: 7 }, /^HL_TEXT_LENGTH: attributes has the name "x+…: Too big/],
  ])('says of an attribute what it may be', (attributes, expected) => {
    expect(problem(itemSchema, { itemId: 'a', title: 'A', attributes })).toMatch(expected)
  })

  it('says of one or several that there are too many, not that there should be one', () => {
    const categories = z.object({ category: z.union([z.string(), z.array(z.string()).max(2)]) })
    expect(problem(categories, { category: ['a', 'b', 'c'] })).toMatch('HL_LIST_LENGTH: category is ["a","b"')
  })

  it('still names the field in which attributes are', () => {
    const item = { itemId: 'a', title: 'A', attributes: 7 }
    expect(problem(itemSchema, item)).toMatch('HL_REQUEST: attributes is 7')
  })

  it.each([
    ['too many entries', [{}, {}, {}], 'HL_LIST_LENGTH: the body has 3 entries: '],
    ['none', [], 'HL_REQUEST: the body has 0 entries: '],
    ['an entry that is no object', [{}, 7], 'HL_REQUEST: entry 1 of the body must be a JSON object, not 7'],
    ['no list', 7, 'HL_REQUEST: the body must be a JSON object, not 7'],
  ])('is true of a list with %s', (_, value, expected) => {
    expect(problem(z.array(z.object({})).min(1).max(2), value)).toContain(expected)
  })

  it('asks for an object where there is a list', () => {
    expect(problem(z.object({}), [])).toBe('HL_REQUEST: the body must be a JSON object, not []')
  })
})
