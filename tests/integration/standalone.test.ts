import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoCatalog } from '../../services/standalone/demo-catalog.ts'
import { type HalflifeCommand, halflifeCommand } from './halflife-command.ts'
import { type HttpClient, httpClient } from './http-client.ts'
import { embeddedPlace, type WhenOver } from './running-halflife.ts'

interface Running {
  readonly command: HalflifeCommand
  readonly client: HttpClient
}

/** What a newcomer gets from `npm start`: the real model, the demo catalog, everything in one process. */
describe('standalone', () => {
  const cleanings: (() => Promise<void>)[] = []
  const whenOver: WhenOver = (clean) => cleanings.push(clean)
  const scienceFiction = new Set<string>()
  let environment: Record<string, string>
  let running: Running

  async function start(): Promise<Running> {
    const settings = { ...environment, PORT: '0', EMBEDDER: 'transformer' }
    const command = halflifeCommand(['start'], settings, whenOver)
    const [, port] = await command.printed(/ready on http:\/\/127\.0\.0\.1:(\d+)/)
    return { command, client: httpClient(Number(port)) }
  }

  beforeAll(async () => {
    environment = { ...(await embeddedPlace(whenOver)).environment }
    for (const item of await demoCatalog()) {
      if (item.tags?.some((tag) => tag === '科幻' || tag === 'science fiction'))
        scienceFiction.add(item.itemId)
    }
    running = await start()
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  const idsOf = (body: Record<string, unknown>) =>
    (body.items as { itemId: string }[]).map((item) => item.itemId)
  const recommended = async (userId: string) =>
    idsOf((await running.client.get(`/v1/users/${userId}/recommendations`)).body)
  const fictionIn = (ids: readonly string[]) => ids.filter((itemId) => scienceFiction.has(itemId))

  it('has 24 items of science fiction among 420, half of them Chinese', () => {
    expect(scienceFiction.size).toBe(24)
  })

  it.each(['books-zh-01', 'books-en-01'])(
    'after one click on %s most of the top ten is science fiction, in both languages',
    async (clicked) => {
      const userId = `reader-of-${clicked}`
      expect(await recommended(userId)).toHaveLength(10)
      await running.client.send('POST', '/v1/events', { type: 'click', userId, itemId: clicked })
      await expect
        .poll(async () => fictionIn(await recommended(userId)).length, { timeout: 1_000, interval: 50 })
        .toBeGreaterThanOrEqual(6)
      const ids = await recommended(userId)
      expect(ids).not.toContain(clicked)
      expect(fictionIn(ids).some((itemId) => itemId.includes('-zh-'))).toBe(true)
      expect(fictionIn(ids).some((itemId) => itemId.includes('-en-'))).toBe(true)
    },
  )

  it('does so for every science-fiction novel of the catalog', async () => {
    const novels = [...scienceFiction].filter((itemId) => itemId.startsWith('books-'))
    expect(novels).toHaveLength(14)
    for (const itemId of novels) {
      const { body } = await running.client.send('POST', '/v1/rank', { events: [{ type: 'click', itemId }] })
      const found = fictionIn(idsOf(body))
      const languages = new Set(found.map((id) => id.split('-')[1]))
      expect([itemId, found.length >= 6, languages.size]).toEqual([itemId, true, 2])
    }
  })

  it('finds science fiction for a wish in Chinese', async () => {
    const { body } = await running.client.send('POST', '/v1/search', {
      query: '我喜欢阅读科幻小说',
      limit: 5,
    })
    expect(idsOf(body)).toHaveLength(5)
    expect(fictionIn(idsOf(body)).length).toBeGreaterThanOrEqual(4)
  })

  it('keeps users, items and interests over a kill -9 and over an orderly stop', async () => {
    const events = Array.from({ length: 50 }, (_, n) => ({
      type: 'view',
      userId: `user-${n}`,
      itemId: 'music-en-01',
    }))
    expect((await running.client.send('POST', '/v1/events', events)).status).toBe(202)
    running.command.signal('SIGKILL')
    expect(await running.command.ended).toBe('SIGKILL')

    running = await start()
    const massOf = async (n: number) => (await running.client.get(`/v1/users/user-${n}/interests`)).text
    for (const n of [0, 25, 49])
      await expect.poll(() => massOf(n), { timeout: 5_000 }).toContain('music-en-01')
    // A page is coloured by what is trending, which the scorer looks at a moment later.
    const wanted = async () => idsOf((await running.client.get('/v1/trending?limit=1')).body)
    await expect.poll(wanted, { timeout: 5_000 }).toEqual(['music-en-01'])
    const before = await recommended('reader-of-books-zh-01')
    expect(fictionIn(before).length).toBeGreaterThanOrEqual(6)

    running.command.signal('SIGTERM')
    expect(await running.command.ended).toBe(0)
    running = await start()
    expect(await recommended('reader-of-books-zh-01')).toEqual(before)
  })
})
