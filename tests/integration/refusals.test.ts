import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpClient } from './http-client.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const click = { type: 'click', userId: 'ann', itemId: 'book-1' }
const soon = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
const long = 'x'.repeat(257)

describe('what cannot be right is refused with a code of its own', () => {
  const cleanings: (() => Promise<void>)[] = []
  let halflife: HttpClient
  beforeAll(async () => {
    const whenOver = (clean: () => Promise<void>) => cleanings.push(clean)
    const settings = settingsAt(await embeddedPlace(whenOver), { VECTOR_SPACES: 'image=3' })
    halflife = await runServices(['collector', 'tracker', 'scorer'], settings, whenOver)
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  it.each([
    ['an unknown type', { ...click, type: 'stare' }, 400, 'HL_EVENT_TYPE'],
    ['a missing userId', { type: 'click', itemId: 'book-1' }, 400, 'HL_ID_MISSING'],
    ['an empty itemId', { ...click, itemId: '' }, 400, 'HL_ID_EMPTY'],
    ['an over-long userId', { ...click, userId: long }, 400, 'HL_ID_TOO_LONG'],
    [
      'a non-finite weight',
      '{"type":"click","userId":"a","itemId":"b","weight":1e999}',
      400,
      'HL_EVENT_WEIGHT',
    ],
    ['an invalid time', { ...click, occurredAt: 'yesterday' }, 400, 'HL_EVENT_TIME'],
    ['a far-future time', { ...click, occurredAt: soon(25) }, 400, 'HL_EVENT_TIME_FUTURE'],
    ['a wrong kind of field', { ...click, sessionId: 7 }, 400, 'HL_EVENT_SHAPE'],
    ['10 MB', { ...click, context: { text: 'x'.repeat(10_000_000) } }, 413, 'HL_BODY_TOO_LARGE'],
    ['JSON 33 levels deep', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'HL_BODY_DEPTH'],
    ['JSON a million levels deep', `${'['.repeat(1e6)}${']'.repeat(1e6)}`, 400, 'HL_BODY_DEPTH'],
    ['a text of 20,001', { ...click, context: { text: 'x'.repeat(20_001) } }, 400, 'HL_TEXT_LENGTH'],
    ['a list of 20,001', { ...click, context: { list: Array(20_001).fill(0) } }, 400, 'HL_LIST_LENGTH'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'HL_BODY_ENCODING'],
    ['broken JSON', '{"type":', 400, 'HL_BODY_JSON'],
    ['1,001 events', Array.from({ length: 1_001 }, () => click), 413, 'HL_EVENT_BATCH_SIZE'],
  ])('POST /v1/events with %s', async (_, body, status, code) => {
    const answer = await halflife.send('POST', '/v1/events', body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.type).toContain('application/problem+json')
    expect(answer.body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.stringMatching(/\S/),
    })
  })

  it.each([
    ['GET', '/v1/users/ann/recommendations?limit=0', undefined, 400, 'HL_LIMIT'],
    ['GET', '/v1/users/ann/recommendations?limit=10000', undefined, 400, 'HL_LIMIT'],
    ['GET', '/v1/users/ann/recommendations?limit=ten', undefined, 400, 'HL_LIMIT'],
    ['GET', `/v1/users/${long}/recommendations`, undefined, 400, 'HL_ID_TOO_LONG'],
    ['GET', '/v1/users/nobody/interests', undefined, 404, 'HL_USER_UNKNOWN'],
    ['GET', '/v1/items/nothing/similar', undefined, 404, 'HL_ITEM_UNKNOWN'],
    ['GET', '/v1/nothing', undefined, 404, 'HL_ROUTE_UNKNOWN'],
    ['POST', '/v1/search', { query: ' ' }, 400, 'HL_QUERY'],
    ['POST', '/v1/search', {}, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', {}, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', { userId: 'ann', vector: [1] }, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', { vector: [1, 2] }, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', { vector: [1, 2], space: 'smell' }, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', { vector: [0, 0, 0], space: 'image' }, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', { vector: [1, 1e39, 0], space: 'image' }, 400, 'HL_QUERY'],
    ['POST', '/v1/rank', { userId: 'ann', itemIds: [] }, 400, 'HL_RANK_CANDIDATES'],
    ['POST', '/v1/rank', { events: [{ type: 'stare', itemId: 'a' }] }, 400, 'HL_EVENT_TYPE'],
    ['PUT', '/v1/items/a', { description: 'no title' }, 400, 'HL_ITEM_SHAPE'],
    ['PUT', '/v1/items/a', { title: 'A', vectors: { image: [1, 2] } }, 400, 'HL_ITEM_VECTOR'],
    ['PUT', '/v1/items/a', { title: 'A', vectors: { smell: [1, 2, 3] } }, 400, 'HL_ITEM_VECTOR'],
    ['PUT', '/v1/items/a', { title: 'A', vectors: { image: [0, 0, 0] } }, 400, 'HL_ITEM_VECTOR'],
    ['PUT', `/v1/items/${long}`, { title: 'A' }, 400, 'HL_ID_TOO_LONG'],
    ['PUT', '/v1/items/a', { title: 'x'.repeat(1_001) }, 400, 'HL_TEXT_LENGTH'],
    ['PUT', '/v1/items/a', { title: 'A', tags: Array(101).fill('t') }, 400, 'HL_LIST_LENGTH'],
    ['POST', '/v1/items', [{ title: 'A' }], 400, 'HL_ID_MISSING'],
    ['POST', '/v1/items', { itemId: 'a', title: '' }, 400, 'HL_ITEM_SHAPE'],
    ['POST', '/v1/items', [], 400, 'HL_ITEM_SHAPE'],
    ['POST', '/v1/rank', { events: [{ itemId: 'a' }] }, 400, 'HL_EVENT_TYPE'],
    ['PUT', '/v1/users/ann', { follows: 'bo' }, 400, 'HL_USER_SHAPE'],
    ['POST', '/v1/users/ann/aliases', {}, 400, 'HL_ID_MISSING'],
    ['POST', '/v1/users/ann/aliases', { anonymousId: 'ann' }, 400, 'HL_ALIAS_SELF'],
    ['POST', '/v1/users/ann/aliases', { anonymousId: long }, 400, 'HL_ID_TOO_LONG'],
  ] as const)('%s %s with %j', async (method, path, body, status, code) => {
    const answer = method === 'GET' ? await halflife.get(path) : await halflife.send(method, path, body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.type).toContain('application/problem+json')
  })

  it('refuses a content type it does not know', async () => {
    const answer = await halflife.send(
      'POST',
      '/v1/events',
      'type=click',
      'application/x-www-form-urlencoded',
    )
    expect([answer.status, answer.body.code]).toEqual([415, 'HL_CONTENT_TYPE'])
    expect(answer.body.detail).toContain('is "application/x-www-form-urlencoded"; send application/json')
  })

  it('names the field of an item as it was sent, one or many', async () => {
    const detailOf = async (body: unknown) => (await halflife.send('POST', '/v1/items', body)).body.detail
    expect(await detailOf({ itemId: 'a', title: 'A', foo: 1 })).toMatch(/^foo is not known here/)
    expect(await detailOf([{ itemId: 'a', title: 'A', foo: 1 }])).toMatch(/^0\.foo is not known here/)
  })

  it('says how large a body may be', async () => {
    const body = { ...click, context: { text: 'x'.repeat(10_000_000) } }
    const { detail } = (await halflife.send('POST', '/v1/events', body)).body
    expect(detail).toBe('the body has over 4194304 bytes (MAX_BODY_BYTES); send less at a time')
  })

  it('takes NDJSON line by line', async () => {
    const body = `${JSON.stringify(click)}\nnonsense\n\n${JSON.stringify(click)}\n`
    const answer = await halflife.send('POST', '/v1/events', body, 'application/x-ndjson')
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ accepted: 2, rejected: [{ index: 1, code: 'HL_BODY_JSON' }] })
  })

  it('answers for ids of any script and any sign', async () => {
    for (const userId of ['想要', 'a b', '{x}:y', '%2F', '🙂', 'x'.repeat(256)]) {
      const { status } = await halflife.get(`/v1/users/${encodeURIComponent(userId)}/recommendations`)
      expect([userId, status]).toEqual([userId, 200])
    }
  })

  it('describes itself in OpenAPI 3.1, with every call of the contract', async () => {
    const { body } = await halflife.get('/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths ?? {}).sort()).toEqual([
      '/livez',
      '/metrics',
      '/readyz',
      '/v1/events',
      '/v1/explain',
      '/v1/items',
      '/v1/items/{itemId}',
      '/v1/items/{itemId}/similar',
      '/v1/rank',
      '/v1/search',
      '/v1/trending',
      '/v1/users/{userId}',
      '/v1/users/{userId}/aliases',
      '/v1/users/{userId}/export',
      '/v1/users/{userId}/interests',
      '/v1/users/{userId}/recommendations',
      '/v1/users/{userId}/recommendations/stream',
    ])
    expect((await halflife.get('/docs')).status).toBe(200)
  })
})
