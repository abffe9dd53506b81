import { expect, it, onTestFinished, vi } from 'vitest'
import { listen } from './event-stream.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const PATIENCE = { timeout: 8_000, interval: 50 }
const words = { film: 'starship captain galaxy', books: 'recipe oven bread' }
const items = Object.entries(words).flatMap(([category, description]) =>
  [0, 1, 2, 3].map((n) => ({ itemId: `${category}-${n}`, title: `${category} ${n}`, description, category })),
)

async function running(more: Readonly<Record<string, string>> = {}) {
  const settings = settingsAt(await embeddedPlace(onTestFinished), more)
  const halflife = await runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished)
  await halflife.send('POST', '/v1/items', items)
  const allThere = async () => expect((await halflife.get('/v1/items/books-3/similar')).status).toBe(200)
  await vi.waitFor(allThere, PATIENCE)
  const streamOf = (userId: string, query = '') =>
    listen(`${halflife.url}/v1/users/${userId}/recommendations/stream?limit=3${query}`)
  const openStreams = async () =>
    /halflife_streams_open\{.*\} (\d+)/.exec((await halflife.get('/metrics')).text)?.[1]
  return { halflife, streamOf, openStreams }
}

it('a stream brings a ranking at once, and a new one after each event of that user', async () => {
  const { halflife, streamOf } = await running()
  const stream = await streamOf('ann')
  onTestFinished(stream.close)
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
  const rankingNow = async () => {
    const { event, id, data } = (await stream.next())!
    const answer = JSON.parse(data)
    expect([event, id]).toEqual(['ranking', answer.recommendationId])
    return answer
  }
  expect((await rankingNow()).basis).toBe('first-look')
  await halflife.send('POST', '/v1/events', { type: 'click', userId: 'bo', itemId: 'film-3' })
  await halflife.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'film-0' })
  const after = await rankingNow()
  expect(after.basis).toBe('interests')
  expect(after.items.map(({ itemId }: { itemId: string }) => itemId.split('-')[0])).toEqual(
    Array(3).fill('film'),
  )
  for (const n of [0, 1, 2]) {
    await halflife.send('POST', '/v1/events', { type: 'purchase', userId: 'ann', itemId: `books-${n}` })
    await rankingNow()
  }
  const { text } = await halflife.get('/metrics')
  expect(text).not.toMatch(/http_request_duration_seconds_count\{[^}]*stream"/)
})

it('as many streams are open as may be; who leaves makes room', async () => {
  const { halflife, streamOf, openStreams } = await running({ STREAMS: '2' })
  const [one, two] = [await streamOf('ann'), await streamOf('bo')]
  onTestFinished(two.close)
  const refused = await halflife.get('/v1/users/cy/recommendations/stream')
  expect([refused.status, refused.body.code]).toEqual([503, 'HL_OVERLOADED'])
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  const { text } = await halflife.get('/metrics')
  expect(text).toMatch(/halflife_requests_shed_total\{reason="streams"[^}]*\} 1\n/)
  await one.close()
  await expect.poll(openStreams, PATIENCE).toBe('1')
  const third = await streamOf('cy')
  onTestFinished(third.close)
  expect((await third.next())!.event).toBe('ranking')
})

it('what is wrong with a request is a problem as ever, and takes no room', async () => {
  const { halflife, openStreams } = await running({ STREAMS: '1' })
  for (const [query, code] of [
    ['scenario=none', 'HL_SCENARIO'],
    ['limit=0', 'HL_LIMIT'],
  ]) {
    const { status, type, body } = await halflife.get(`/v1/users/ann/recommendations/stream?${query}`)
    expect([status, type, body.code]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
      code,
    ])
  }
  expect(await openStreams()).toBe('0')
})

it('streams end when the service does, and do not hold it up', async () => {
  const { halflife, streamOf } = await running()
  const stream = await streamOf('ann')
  await stream.next()
  await halflife.close()
  expect(await stream.next()).toBeUndefined()
})
