import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { languageModel, reversed } from '../libs/llm/language-model.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const PATIENCE = { timeout: 15_000, interval: 50 }
const items = ['film', 'books'].flatMap((category) =>
  [0, 1, 2, 3].map((n) => ({ itemId: `${category}-${n}`, title: `${category} number ${n}`, category })),
)

it('a language model puts a page in order and interests into words; a broken one is named, counted and done without', async () => {
  const server = await languageModel(onTestFinished)
  const folder = await mkdtemp(join(tmpdir(), 'halflife-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const configFile = join(folder, 'halflife.config.json')
  await writeFile(configFile, JSON.stringify({ scenarios: { worded: { llm: { rerank: true } } } }))
  const settings = settingsAt(await embeddedPlace(onTestFinished), {
    CONFIG_FILE: configFile,
    LLM_URL: server.url,
    LLM_MODEL: 'm',
  })
  const halflife = await runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished)
  await halflife.send('POST', '/v1/items', items)
  const allThere = async () => expect((await halflife.get('/v1/items/books-3/similar')).status).toBe(200)
  await vi.waitFor(allThere, PATIENCE)
  await halflife.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'film-0' })
  const page = async (scenario: string) => {
    const { body } = await halflife.get(`/v1/users/ann/recommendations?scenario=${scenario}&limit=5`)
    return body as unknown as {
      basis: string
      degraded?: unknown
      items: { itemId: string; reasons: string[] }[]
    }
  }
  await expect.poll(async () => (await page('home')).basis, PATIENCE).toBe('interests')
  expect(server.asked).toEqual([])

  server.behave(reversed)
  const idsOf = ({ items }: Awaited<ReturnType<typeof page>>) => items.map(({ itemId }) => itemId)
  const [plain, worded] = [await page('home'), await page('worded')]
  expect(idsOf(worded)).toEqual(idsOf(plain).reverse())
  expect(worded.items[0]!.reasons[1]).toBe('Fits, number 5')

  server.behave(() => '{"sentence":"Films, above all."}')
  const interests = async () => (await halflife.get('/v1/users/ann/interests')).body
  const before = server.asked.length
  expect([(await interests()).sentence, (await interests()).sentence]).toEqual(
    Array(2).fill('Films, above all.'),
  )
  expect(server.asked).toHaveLength(before + 1)
  await halflife.send('POST', '/v1/events', { type: 'purchase', userId: 'ann', itemId: 'books-1' })
  server.behave(() => '{"sentence":"Films, and a book."}')
  await expect.poll(async () => (await interests()).sentence, PATIENCE).toBe('Films, and a book.')
  expect(server.asked.map(({ text }) => text).join()).not.toContain('ann')

  server.behave(() => 'no JSON')
  const broken = await page('worded')
  expect(broken.degraded).toEqual([{ stage: 'llm', reason: 'malformed' }])
  expect(idsOf(broken)).toEqual(idsOf(await page('home')))
  const { text } = await halflife.get('/metrics')
  expect(text).toMatch(/halflife_llm_questions_total\{purpose="rerank",outcome="malformed"[^}]*\} 1\n/)
  expect(text).toMatch(/halflife_answers_total\{degraded="llm"[^}]*\} 1\n/)
})

it('a language model without a name is a wrong setting', async () => {
  const settings = settingsAt(await embeddedPlace(onTestFinished), { LLM_URL: 'http://localhost:1/v1' })
  await expect(
    runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished),
  ).rejects.toMatchObject({
    code: 'HL_SETTING',
    message: expect.stringContaining('LLM_MODEL'),
  })
})
