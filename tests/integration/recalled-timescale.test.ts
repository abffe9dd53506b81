import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const PATIENCE = { timeout: 10_000, interval: 50 }
const words = { film: 'starship captain galaxy', books: 'recipe oven bread' }
const items = Object.entries(words).flatMap(([category, description]) =>
  [0, 1, 2].map((n) => ({ itemId: `${category}-${n}`, title: `${category} ${n}`, description, category })),
)

it('a timescale whose vectors are not stored is what pages and exports go by all the same', async () => {
  const recalled = {
    TIMESCALES: 'session=1800',
    TIMESCALE_WEIGHTS: 'session=1',
    RECALLED_TIMESCALES: 'session',
  }
  const settings = settingsAt(await embeddedPlace(onTestFinished), recalled)
  const halflife = await runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished)
  await halflife.send('POST', '/v1/items', items)
  const allThere = async () => expect((await halflife.get('/v1/items/books-2/similar')).status).toBe(200)
  await vi.waitFor(allThere, PATIENCE)
  await halflife.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'film-0' })
  const page = async () => (await halflife.get('/v1/users/ann/recommendations?limit=2')).body
  await expect.poll(async () => (await page()).basis, PATIENCE).toBe('interests')
  const shown = (await page()).items as unknown as { itemId: string }[]
  expect(shown.map(({ itemId }) => itemId).sort()).toEqual(['film-1', 'film-2'])
  const { vectors } = (await halflife.get('/v1/users/ann/export')).body
  const { text } = vectors as unknown as Record<string, Record<string, number[]>>
  // One click, of weight 2, on an item whose vector is of length 1.
  expect(Math.hypot(...text!.session!)).toBeCloseTo(2, 4)
})
