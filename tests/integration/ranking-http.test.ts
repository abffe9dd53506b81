import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { HttpClient } from './http-client.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const words = {
  film: 'starship captain galaxy alien planet orbit',
  books: 'recipe oven bread flour butter sugar',
  garden: 'tulip soil seed compost spade rose',
}
const items = Object.entries(words).flatMap(([category, description]) =>
  Array.from({ length: 6 }, (_, n) => ({
    itemId: `${category}-${n}`,
    title: `${description.split(' ')[n]} ${category}`,
    description,
    category,
    tags: [category, n % 2 === 0 ? 'even' : 'odd'],
    attributes: { price: 10 * n, language: n % 2 === 0 ? 'en' : 'zh' },
  })),
)

interface Page {
  readonly scenario: string
  readonly variant?: string
  readonly basis: string
  readonly items: readonly {
    readonly itemId: string
    readonly score: number
    readonly reasons: readonly string[]
    readonly exploration?: true
    readonly explanation?: { readonly shares: readonly { readonly share: number }[] }
  }[]
}

const config = (lambda: number) => ({
  scenarios: {
    home: { diversity: { lambda } },
    tried: {
      experiment: 'tried',
      variants: { bold: { traffic: 0.5, change: { exploration: { share: 1 } } } },
    },
  },
})

describe('the pipeline over HTTP', () => {
  const cleanings: (() => Promise<void>)[] = []
  let halflife: HttpClient
  let configFile: string

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'halflife-config-'))
    cleanings.push(() => rm(folder, { recursive: true, force: true }))
    configFile = join(folder, 'halflife.config.json')
    await writeFile(configFile, JSON.stringify(config(1)))
    const whenOver = (clean: () => Promise<void>) => cleanings.push(clean)
    const settings = settingsAt(await embeddedPlace(whenOver), { CONFIG_FILE: configFile })
    halflife = await runServices(['collector', 'tracker', 'scorer'], settings, whenOver)
    await halflife.send('POST', '/v1/items', items)
    await halflife.send('PUT', '/v1/items/books-zh-01', { title: 'butter planet', category: 'books' })
    await halflife.send('PUT', '/v1/items/books-en-05', { title: 'sugar galaxy', category: 'books' })
    const events = [0, 1].map((n) => ({ type: 'click', userId: 'ann', itemId: `film-${n}` }))
    const catalogIsThere = async () =>
      expect((await page('/v1/users/x/recommendations?limit=50')).items).toHaveLength(20)
    await vi.waitFor(catalogIsThere, { timeout: 20_000 })
    await halflife.send('POST', '/v1/events', events)
    const historyIsThere = async () =>
      expect(await page('/v1/users/ann/recommendations')).toMatchObject({ basis: 'interests' })
    await vi.waitFor(historyIsThere, { timeout: 20_000 })
  })
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  async function page(path: string): Promise<Page> {
    const { status, body, text } = await halflife.get(path)
    expect([status, text]).toEqual([200, expect.anything()])
    return body as unknown as Page
  }
  const idsOf = ({ items }: Page) => items.map(({ itemId }) => itemId)
  const annsPage = (query: string) => page(`/v1/users/ann/recommendations?${query}`)

  it('answers by the scenario asked for, and names it', async () => {
    for (const scenario of ['home', 'email', 'feed', 'tried'])
      expect((await annsPage(`scenario=${scenario}`)).scenario).toBe(scenario)
    const { status, body } = await halflife.get('/v1/users/ann/recommendations?scenario=hoem')
    expect([status, body.code]).toEqual([400, 'HL_SCENARIO'])
    expect(body.detail).toMatch(/"hoem" is none of home, item-page, email, search, feed, trending, tried/)
  })

  it('tells each user the variant they fall to, and always the same', async () => {
    const variantOf = async (userId: string) =>
      (await page(`/v1/users/${userId}/recommendations?scenario=tried`)).variant
    const users = Array.from({ length: 20 }, (_, n) => `user-${n}`)
    const once = await Promise.all(users.map(variantOf))
    expect(new Set(once)).toEqual(new Set(['bold', 'control']))
    expect(await Promise.all(users.map(variantOf))).toEqual(once)
    const { text } = await halflife.get('/metrics')
    expect(text).toMatch(
      /halflife_scenario_answers_total\{scenario="tried",variant="bold",service="[^"]+"\} \d+/,
    )
  })

  it.each([
    ['category=books', (itemId: string) => itemId.startsWith('books')],
    ['category=books&category=garden', (itemId: string) => !itemId.startsWith('film')],
    ['tagsAny=film&tagsAny=garden', (itemId: string) => !itemId.startsWith('books')],
    ['tagsAll=film&tagsAll=odd', (itemId: string) => ['film-3', 'film-5'].includes(itemId)],
    ['include=garden-1&include=garden-2', (itemId: string) => ['garden-1', 'garden-2'].includes(itemId)],
    ['attribute=price:..20&attribute=language:en', (itemId: string) => /-[02]$/.test(itemId)],
    ['attribute=language:fr|zh', (itemId: string) => /-[135]$/.test(itemId)],
    ['attribute=price:50', (itemId: string) => /-5$/.test(itemId)],
    ['attribute=price:10..&attribute=price:..30', (itemId: string) => /-[123]$/.test(itemId)],
    ['attribute=price:.5..2e1', (itemId: string) => /-[12]$/.test(itemId)],
    ['attribute=price:-1E-7..10.0', (itemId: string) => /-[01]$/.test(itemId)],
    ['attribute=price:30..', (itemId: string) => /-[345]$/.test(itemId)],
  ])('narrows a page by ?%s', async (query, fits) => {
    const ids = idsOf(await annsPage(`limit=50&${query}`))
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.filter((itemId) => !fits(itemId))).toEqual([])
  })

  it('leaves out what is excluded, and shows the seen again when asked to', async () => {
    expect(idsOf(await annsPage('limit=50&exclude=film-2'))).not.toContain('film-2')
    expect(idsOf(await annsPage('limit=50'))).not.toContain('film-0')
    for (const seen of ['off', 'purchased'])
      expect(idsOf(await annsPage(`limit=50&seen=${seen}`))).toContain('film-0')
    expect(idsOf(await annsPage('limit=50&seen=3600s'))).not.toContain('film-0')
  })

  it.each([
    ['limt=5', 'HL_FIELD_UNKNOWN'],
    ['limit=0', 'HL_LIMIT'],
    ['limit=1001', 'HL_LIMIT'],
    ['scenario=', 'HL_REQUEST'],
    ['scenario=none', 'HL_SCENARIO'],
    ['explain=maybe', 'HL_REQUEST'],
    ['include=', 'HL_REQUEST'],
    [`exclude=${'x'.repeat(257)}`, 'HL_REQUEST'],
    ['category=', 'HL_REQUEST'],
    ['tagsAny=', 'HL_REQUEST'],
    ['tagsAll=', 'HL_REQUEST'],
    ['attribute=price', 'HL_REQUEST'],
    ['attribute=price:9..1', 'HL_REQUEST'],
    ['attribute=price:9..&attribute=price:..1', 'HL_REQUEST'],
    ['attribute=price:1&attribute=price:2', 'HL_REQUEST'],
    ['seen=never', 'HL_REQUEST'],
    ['context=phone', 'HL_REQUEST'],
    ['context=country:DE&context=country:FR', 'HL_REQUEST'],
  ])('refuses ?%s with %s', async (query, code) => {
    for (const path of ['/v1/users/ann/recommendations?', '/v1/items/film-0/similar?', '/v1/trending?']) {
      const { status, body } = await halflife.get(path + query)
      expect([path, status, body.code]).toEqual([path, 400, code])
      expect(body.detail).toContain(query.split('=')[0])
    }
  })

  it.each([
    [{ filters: { category: 7 } }, 'HL_REQUEST', 'filters.category'],
    [{ filters: { tags: { any: [] } } }, 'HL_REQUEST', 'filters.tags.any'],
    [{ filters: { attributes: { price: { min: 2, max: 1 } } } }, 'HL_REQUEST', 'filters.attributes.price'],
    [{ filters: { colour: 'red' } }, 'HL_FIELD_UNKNOWN', 'filters.colour'],
    [{ filter: { category: 'film' } }, 'HL_FIELD_UNKNOWN', 'did you mean filters?'],
    [{ filters: { seen: { withinSeconds: -1 } } }, 'HL_REQUEST', 'filters.seen'],
    [{ filters: { seen: 'never' } }, 'HL_REQUEST', '"ever", "purchased"'],
    [{ context: { device: null } }, 'HL_REQUEST', 'context.device'],
    [{ explain: 'yes' }, 'HL_REQUEST', 'explain'],
    [{ scenario: 'none' }, 'HL_SCENARIO', 'none'],
    [{ limit: -1 }, 'HL_LIMIT', 'limit'],
  ])('refuses a body with %j', async (wrong, code, named) => {
    for (const [path, body] of [
      ['/v1/rank', { userId: 'ann' }],
      ['/v1/search', { query: 'galaxy' }],
    ] as const) {
      const answer = await halflife.send('POST', path, { ...body, ...wrong })
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, code])
      expect(answer.body.detail).toContain(named)
    }
  })

  it('explains each score without a remainder, and in the language asked for', async () => {
    for (const { score, explanation } of (await annsPage('explain=true&scenario=email')).items) {
      const sum = explanation!.shares.reduce((total, { share }) => total + share, 0)
      expect(Math.abs(sum - score)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(score)))
    }
    expect((await annsPage('')).items[0]!.explanation).toBeUndefined()
    const { text } = await halflife.get('/v1/users/ann/recommendations', { 'accept-language': 'zh' })
    expect(text).toMatch(/因为你刚刚点击了/)
  })

  it('says what became of an item that is not on the page', async () => {
    const fateOf = async (query: string) => (await halflife.get(`/v1/explain?${query}`)).body
    expect(await fateOf('userId=ann&itemId=film-0')).toMatchObject({
      shown: false,
      removedBy: { stage: 'filters', rule: 'seen' },
    })
    expect(await fateOf('userId=ann&itemId=film-2')).toMatchObject({ shown: true, place: expect.any(Number) })
    const beyond = await fateOf('userId=ann&itemId=garden-3&limit=2&scenario=email')
    expect(beyond).toMatchObject({ scenario: 'email', shown: false, rank: expect.any(Number) })
    const misses = ['userId=ann', 'itemId=film-0', 'userId=ann&itemId=film-0&scenario=none'].map(fateOf)
    expect((await Promise.all(misses)).map(({ code }) => code)).toEqual([
      'HL_ID_MISSING',
      'HL_ID_MISSING',
      'HL_SCENARIO',
    ])
    expect(await fateOf('userId=ann&itemId=nothing')).toMatchObject({ code: 'HL_ITEM_UNKNOWN' })
  })

  it('goes by what was stated, then by whom somebody follows, while there are no events', async () => {
    await halflife.send('PUT', '/v1/users/cold', { statedInterests: [words.garden] })
    await halflife.send('PUT', '/v1/users/fan', { follows: ['ann'] })
    const basisOf = (userId: string) => async () => (await page(`/v1/users/${userId}/recommendations`)).basis
    await expect.poll(basisOf('cold'), { timeout: 5_000 }).toBe('stated-interests')
    await expect.poll(basisOf('fan'), { timeout: 5_000 }).toBe('follows')
    expect(
      idsOf(await page('/v1/users/cold/recommendations?limit=3')).every((itemId) =>
        itemId.startsWith('garden'),
      ),
    ).toBe(true)
    expect(
      idsOf(await page('/v1/users/fan/recommendations?limit=3')).every((itemId) => itemId.startsWith('film')),
    ).toBe(true)
  })

  it('says of each interest what it is, how heavy at each timescale, and whether it rises', async () => {
    const { body } = await halflife.get('/v1/users/ann/interests')
    expect(body).toMatchObject({
      interests: [
        {
          share: 1,
          trend: 'rising',
          tags: ['film', 'even', 'odd'],
          masses: { session: expect.any(Number), recent: expect.any(Number), lasting: expect.any(Number) },
          exemplars: [{ title: expect.stringMatching(/film/) }, {}],
        },
      ],
    })
  })

  it('takes a changed file of scenarios while it runs, and goes on with the old one while the new is broken', async () => {
    const likenessShare = async () => {
      const shares = (await annsPage('explain=true')).items.flatMap(({ explanation }) => explanation!.shares)
      return shares.some((share) => 'stage' in share && share.stage === 'diversity')
    }
    expect(await likenessShare()).toBe(false)
    await writeFile(configFile, JSON.stringify(config(0.5)))
    await expect.poll(likenessShare, { timeout: 5_000 }).toBe(true)
    await writeFile(configFile, JSON.stringify(config(7)))
    const refused = async () => (await halflife.get('/metrics')).text
    await expect
      .poll(refused, { timeout: 5_000 })
      .toMatch(/halflife_configurations_total\{outcome="refused",[^}]*\} 1/)
    expect(await likenessShare()).toBe(true)
  })
})
