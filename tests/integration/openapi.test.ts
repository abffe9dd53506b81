import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listen } from './event-stream.ts'
import type { HttpClient } from './http-client.ts'
import {
  bodiesOf,
  examplesOf,
  type JsonSchema,
  type OpenApiPaths,
  pathOf,
  type Route,
  requiredQuery,
  routesOf,
} from './openapi-examples.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

/** Ids are those of the examples. */
const items = ['books-en-05', 'books-zh-01', 'film-en-01', 'film-zh-05', 'finance-en-20'].map((itemId) => ({
  itemId,
  title: `the title of ${itemId}`,
  category: itemId.split('-')[0],
  tags: ['science fiction', '科幻'],
  attributes: { price: 10, language: 'en' },
}))

/** Longer than any text that a query string or a field may be, and short enough for the headers of a request. */
const LONG = 'x'.repeat(8_000)
const UNKNOWN = 'nonesuch'

const isOpen = ({ anyOf = [], additionalProperties, type }: JsonSchema): boolean =>
  anyOf.some(isOpen) || (type === 'object' && additionalProperties !== false)
const branches = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf?.flatMap(branches) ?? [schema]
const may = (schema: JsonSchema, type: string) =>
  branches(schema).some((each) => [each.type].flat().includes(type))

/** Texts that a parameter of this schema cannot be. */
function badTexts(schema: JsonSchema): (string | string[])[] {
  const bad: (string | string[])[] = ['', LONG, `a:${LONG}`]
  const [{ minimum = -1e9, maximum = 1e9 }] = branches(schema) as [JsonSchema]
  if (may(schema, 'integer')) bad.push('many', '1.5', String(minimum - 1), String(maximum + 1))
  if (!may(schema, 'array')) bad.push(['1', '1'])
  else bad.push(['', 'a:b'])
  return bad
}

/** Values that a field of this schema cannot be: of another type, out of range, too long, too many. */
function badValues(schema: JsonSchema): unknown[] {
  const bad: unknown[] = [null, may(schema, 'object') ? 7 : {}]
  const [{ minimum = -1e9, maximum = 1e9, maxItems = 20_000 }] = branches(schema) as [JsonSchema]
  if (may(schema, 'string')) bad.push('x'.repeat(20_001))
  else bad.push('many')
  if (may(schema, 'integer') || may(schema, 'number')) bad.push(minimum - 1, maximum + 1, [1])
  if (may(schema, 'integer')) bad.push(1.5)
  if (may(schema, 'array'))
    bad.push(
      [{}],
      Array.from({ length: maxItems + 1 }, () => 'x'),
    )
  if (!may(schema, 'boolean')) bad.push(true)
  return bad
}

describe('what the OpenAPI document says', () => {
  const cleanings: (() => Promise<void>)[] = []
  let halflife: HttpClient
  let routes: Route[]

  beforeAll(async () => {
    const whenOver = (clean: () => Promise<void>) => cleanings.push(clean)
    const settings = settingsAt(await embeddedPlace(whenOver))
    halflife = await runServices(['collector', 'tracker', 'scorer'], settings, whenOver)
    routes = routesOf((await halflife.get('/openapi.json')).body.paths as unknown as OpenApiPaths)
    await halflife.send('POST', '/v1/items', items)
    const event = { type: 'click', userId: 'ann', itemId: 'film-en-01' }
    await halflife.send('POST', '/v1/events', event)
    await vi.waitFor(
      async () => {
        for (const path of ['/v1/users/ann/interests', '/v1/items/books-zh-01/similar'])
          expect((await halflife.get(path)).status).toBe(200)
      },
      { timeout: 20_000 },
    )
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  it('names each call, so that generated clients do not have to', () => {
    const names = routes.map(({ operation }) => operation.operationId)
    expect(names).toContain('recommendations')
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z]+$/)
  })

  it('refuses each bad value of each parameter of each route, with a code, by its name', async () => {
    let asked = 0
    for (const route of routes) {
      const { operation } = route
      const [json] = bodiesOf(route)
      const required = requiredQuery(route)
      for (const { name, in: place, schema } of operation.parameters ?? []) {
        const paths =
          place === 'path'
            ? ['', 'x'.repeat(257)].map((bad) => pathOf(route, required, { [name]: bad }))
            : badTexts(schema).map((bad) => pathOf(route, { ...required, [name]: bad }))
        for (const path of paths) {
          asked++
          await expectRefusal(route, path, json, name)
        }
      }
      await expectRefusal(route, pathOf(route, { ...required, [UNKNOWN]: '1' }), json, UNKNOWN)
    }
    expect(asked).toBeGreaterThan(200)
  })

  it('refuses each bad value of each field of each body, with a code, by its name', async () => {
    let asked = 0
    for (const route of routes) {
      const schema = route.operation.requestBody?.content['application/json']?.schema
      if (schema === undefined) continue
      const fields = branches(schema).find(({ properties }) => properties !== undefined)!.properties!
      const sound = bodiesOf(route)[0] as Record<string, unknown>
      const path = pathOf(route, {})
      for (const [name, field] of Object.entries(fields)) {
        for (const bad of badValues(field)) {
          asked++
          await expectRefusal(route, path, { ...sound, [name]: bad }, name)
        }
      }
      // Of an event more may be told than Halflife reads.
      if (!isOpen(schema)) await expectRefusal(route, path, { ...sound, [UNKNOWN]: 1 }, UNKNOWN)
      expect([route.route, isOpen(schema)]).toEqual([route.route, route.route === '/v1/events'])
    }
    expect(asked).toBeGreaterThan(100)
  })

  async function expectRefusal({ method, operation }: Route, path: string, json: unknown, name: string) {
    const answer = await halflife.ask(method, path, {}, json)
    const asked = `${method} ${path} ${JSON.stringify(json)}`.slice(0, 300)
    expect([asked, answer.status, answer.text]).toEqual([asked, 400, expect.stringContaining('"HL_')])
    expect(Object.keys(operation.responses['4XX']!.content!)).toEqual([answer.type.split(';')[0]])
    const { detail } = answer.body as unknown as { detail: string }
    // What is too long or too many for any JSON is refused before anybody knows where it stood.
    if (!/^a (text|list or object) has \d+/.test(detail))
      expect([asked, detail]).toEqual([asked, expect.stringContaining(name)])
  }

  it('shows examples of every call that work as they stand, with answers of the shape it promises', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    for (const route of routes) {
      const { method, operation } = route
      for (const { path, json } of examplesOf(route)) {
        const [status, answer] = await ask(method, path, json)
        const said = `${method} ${path}: ${JSON.stringify(answer)}`
        expect([said, [200, 202].includes(status)]).toEqual([said, true])
        const [{ schema }] = Object.values(operation.responses[status]!.content!) as [{ schema: JsonSchema }]
        expect([said, ajv.validate(schema, answer), ajv.errorsText()]).toEqual([said, true, 'No errors'])
      }
    }
  })

  async function ask(method: Route['method'], path: string, json: unknown): Promise<[number, unknown]> {
    if (!path.includes('/stream')) {
      const { status, body } = await halflife.ask(method, path, {}, json)
      return [status, body]
    }
    const stream = await listen(halflife.url + path)
    const ranking = await stream.next()
    await stream.close()
    return [stream.response.status, JSON.parse(ranking!.data)]
  }
})
