import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { HttpClient } from './http-client.ts'
import { othersContract } from './path-others.contract.ts'
import type { WhenOver } from './running-halflife.ts'

/** A running Halflife: events go in at the collector, answers come from the scorer. */
export interface RunningPath {
  readonly collector: HttpClient
  readonly scorer: HttpClient
}

const topics = {
  space: 'starship captain galaxy alien planet orbit',
  kitchen: 'recipe oven bread flour butter sugar',
  garden: 'tulip soil seed compost spade rose',
}

const items = Object.entries(topics).flatMap(([topic, words]) =>
  Array.from({ length: 6 }, (_, n) => ({
    itemId: `${topic}-${n}`,
    title: `${words.split(' ')[n]} ${topic}`,
    description: words,
    category: topic,
    tags: [topic],
  })),
)

/** What the whole path promises, from an event to a ranked answer, whatever it runs on. */
export function pathContract(name: string, run: (whenOver: WhenOver) => Promise<RunningPath>): void {
  describe(`from an event to a ranked answer, ${name}`, () => {
    let path: RunningPath
    const cleanings: (() => Promise<void>)[] = []
    afterAll(async () => {
      for (const clean of cleanings.reverse()) await clean()
    })
    beforeAll(async () => {
      path = await run((clean) => cleanings.push(clean))
      expect((await path.collector.send('POST', '/v1/items', items)).status).toBe(202)
      const allThere = async () => expect(await idsSimilarTo(path, 'garden-5')).toHaveLength(17)
      await vi.waitFor(allThere, { timeout: 20_000 })
    })

    it('shows a stranger one item of each category first', async () => {
      const { body } = await path.scorer.get('/v1/users/stranger/recommendations?limit=3')
      expect(body).toMatchObject({ basis: 'first-look' })
      expect(idsOf(body).map((itemId) => itemId.split('-')[0])).toEqual(['garden', 'kitchen', 'space'])
    })

    it('changes the ranking within a second of a click, leaves out the clicked item, and says why', async () => {
      await click(path, 'ann', 'space-0')
      await expect
        .poll(() => recommended(path, 'ann', 5), { timeout: 1_000, interval: 20 })
        .toSatisfy(allFrom('space'))
      const { body } = await path.scorer.get('/v1/users/ann/recommendations?limit=5')
      expect(idsOf(body)).not.toContain('space-0')
      const [first] = body.items as unknown as { reasons: string[] }[]
      expect(first!.reasons).toEqual([
        expect.stringMatching(/^Because you clicked “starship space” just now \(\d+ % of what/),
      ])
      const chinese = await path.scorer.get('/v1/users/ann/recommendations', {
        'accept-language': 'zh-CN,en;q=0.5',
      })
      expect(chinese.text).toContain('因为你刚刚点击了《starship space》')
    })

    it('counts an event that is sent three times once', async () => {
      const event = { eventId: 'same', type: 'purchase', userId: 'bo', itemId: 'kitchen-1' }
      for (let n = 0; n < 3; n++) await path.collector.send('POST', '/v1/events', event)
      await click(path, 'bo', 'kitchen-2')
      await expect.poll(() => massOf(path, 'bo'), { timeout: 5_000 }).toBeGreaterThan(9.9)
      expect(await massOf(path, 'bo')).toBeLessThanOrEqual(10)
    })

    it('accepts the valid events of a request beside invalid ones', async () => {
      const { status, body } = await path.collector.send('POST', '/v1/events', [
        { type: 'click', userId: 'cy', itemId: 'garden-1' },
        { type: 'stare', userId: 'cy', itemId: 'garden-1' },
      ])
      expect(status).toBe(202)
      expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'HL_EVENT_TYPE' }] })
      await expect.poll(() => recommended(path, 'cy', 5), { timeout: 5_000 }).toSatisfy(allFrom('garden'))
    })

    it('keeps an event of an unknown item and applies it when the item appears', async () => {
      await click(path, 'di', 'late-1')
      await click(path, 'other', 'garden-2')
      await path.collector.send('PUT', '/v1/items/late-1', {
        title: 'butter biscuit',
        description: topics.kitchen,
      })
      await expect.poll(() => recommended(path, 'di', 5), { timeout: 5_000 }).toSatisfy(allFrom('kitchen'))
      await path.collector.send('DELETE', '/v1/items/late-1')
    })

    it('follows the catalog: new items appear, unavailable and removed ones go', async () => {
      const has = async (itemId: string) => (await idsSimilarTo(path, 'space-1')).includes(itemId)
      const put = (available: boolean) =>
        path.collector.send('PUT', '/v1/items/space-new', {
          title: 'comet',
          description: topics.space,
          available,
        })
      await put(true)
      await expect.poll(() => has('space-new'), { timeout: 5_000 }).toBe(true)
      await put(false)
      await expect.poll(() => has('space-new'), { timeout: 5_000 }).toBe(false)
      await put(true)
      await expect.poll(() => has('space-new'), { timeout: 5_000 }).toBe(true)
      await path.collector.send('DELETE', '/v1/items/space-new')
      await expect.poll(() => has('space-new'), { timeout: 5_000 }).toBe(false)
    })

    it('serves a history that a device keeps to itself as it serves a stored one', async () => {
      const history = [
        { type: 'like', itemId: 'garden-3', occurredAt: '2026-01-01T00:00:00Z' },
        { type: 'purchase', itemId: 'kitchen-3', occurredAt: '2026-01-02T00:00:00Z' },
      ]
      await path.collector.send(
        'POST',
        '/v1/events',
        history.map((event) => ({ ...event, userId: 'eve' })),
      )
      await expect.poll(() => massOf(path, 'eve', 'lasting'), { timeout: 5_000 }).toBeGreaterThan(0)
      const stored = await path.scorer.get('/v1/users/eve/recommendations?limit=18')
      const given = await path.scorer.send('POST', '/v1/rank', { events: history, limit: 18 })
      expect(idsOf(given.body)).toEqual(idsOf(stored.body))
      expect(idsOf(given.body)).toHaveLength(16)
    })

    it('ranks given items for a user, and by a vector', async () => {
      const itemIds = ['kitchen-4', 'space-4', 'nonsense']
      await expect.poll(() => massOf(path, 'ann'), { timeout: 5_000 }).toBeGreaterThan(0)
      const forUser = await path.scorer.send('POST', '/v1/rank', { userId: 'ann', itemIds })
      expect(idsOf(forUser.body)).toEqual(['space-4', 'kitchen-4'])
      const vector = Array.from({ length: 384 }, (_, n) => Math.cos(n))
      const byVector = await path.scorer.send('POST', '/v1/rank', { vector, itemIds })
      expect(byVector.body).toMatchObject({ basis: 'vector' })
      expect(idsOf(byVector.body)).toHaveLength(2)
    })

    it('finds items by words, without those the user has dealt with', async () => {
      const { body } = await path.scorer.send('POST', '/v1/search', {
        query: 'alien galaxy',
        userId: 'ann',
        limit: 5,
      })
      expect(idsOf(body)).toSatisfy(allFrom('space'))
      expect(idsOf(body)).not.toContain('space-0')
    })

    it('knows what is trending, and what a user is interested in', async () => {
      await expect
        .poll(async () => idsOf((await path.scorer.get('/v1/trending')).body), { timeout: 5_000 })
        .toContain('kitchen-1')
      const { body } = await path.scorer.get('/v1/users/bo/interests')
      expect(body).toMatchObject({
        userId: 'bo',
        timescales: {
          session: { interests: [{ exemplars: [{ itemId: 'kitchen-1' }, {}], tags: ['kitchen'] }] },
        },
      })
    })

    othersContract(() => path)
  })
}

async function click(path: RunningPath, userId: string, itemId: string): Promise<void> {
  const { status } = await path.collector.send('POST', '/v1/events', { type: 'click', userId, itemId })
  expect(status).toBe(202)
}

const idsOf = (body: Record<string, unknown>) =>
  (body.items as { itemId: string }[]).map((item) => item.itemId)
const allFrom = (topic: string) => (ids: string[]) =>
  ids.length === 5 && ids.every((id) => id.startsWith(topic))

async function recommended(path: RunningPath, userId: string, limit: number): Promise<string[]> {
  return idsOf((await path.scorer.get(`/v1/users/${userId}/recommendations?limit=${limit}`)).body)
}

async function idsSimilarTo(path: RunningPath, itemId: string): Promise<string[]> {
  const { status, body } = await path.scorer.get(`/v1/items/${itemId}/similar?limit=100`)
  return status === 200 ? idsOf(body) : []
}

async function massOf(path: RunningPath, userId: string, timescale = 'session'): Promise<number> {
  const { status, body } = await path.scorer.get(`/v1/users/${userId}/interests`)
  if (status !== 200) return 0
  return (body.timescales as unknown as Record<string, { mass: number }>)[timescale]!.mass
}
