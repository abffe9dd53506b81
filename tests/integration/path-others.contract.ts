import { expect, it } from 'vitest'
import type { RunningPath } from './path.contract.ts'

interface Page {
  readonly basis: string
  readonly items: readonly {
    readonly itemId: string
    readonly explanation: { readonly shares: readonly { readonly source?: string; readonly share: number }[] }
  }[]
}

const PATIENCE = { timeout: 10_000 }

/** What a page owes to other users. */
export function othersContract(path: () => RunningPath): void {
  const send = (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) =>
    path().collector.send(method, url, body)
  const page = async (url: string): Promise<Page> => {
    const { status, body } = await path().scorer.get(url)
    expect(status).toBe(200)
    return body as unknown as Page
  }
  /** What a source gives an item on a page. */
  const shareOf = async (url: string, itemId: string, source: string) => {
    const found = (await page(url)).items.find((item) => item.itemId === itemId)
    return found?.explanation.shares.find((each) => each.source === source)?.share ?? 0
  }

  it('shows beside an item what others wanted with it, until they are forgotten', async () => {
    for (const userId of ['pat', 'quinn']) {
      const events = ['space-4', 'garden-4'].map((itemId) => ({ type: 'click', userId, itemId }))
      await send('POST', '/v1/events', events)
    }
    const together = () => shareOf('/v1/items/space-4/similar?explain=true&limit=30', 'garden-4', 'item-item')
    await expect.poll(together, PATIENCE).toBeGreaterThan(0)
    const before = await together()
    for (const userId of ['pat', 'quinn']) await send('DELETE', `/v1/users/${userId}`)
    await expect.poll(together, PATIENCE).toBe(0)
    expect(before).toBeGreaterThan(0)
  })

  it('shows what people with a like taste want', async () => {
    const nearby = ['space-1', 'space-2', 'kitchen-5'].map((itemId) => ({
      type: 'click',
      userId: 'ruth',
      itemId,
    }))
    await send('POST', '/v1/events', [...nearby, { type: 'click', userId: 'sam', itemId: 'space-1' }])
    const theirs = () => {
      return shareOf('/v1/users/sam/recommendations?explain=true&limit=30', 'kitchen-5', 'neighbors')
    }
    await expect.poll(theirs, PATIENCE).toBeGreaterThan(0)
  })

  it('gives somebody new what their segment wants, until nobody is left in it', async () => {
    const attributes = { ageBand: '25-34' }
    await send('PUT', '/v1/users/tess', { attributes })
    await send('PUT', '/v1/users/newcomer', { attributes })
    const events = [1, 2, 3].map((n) => ({ type: 'like', userId: 'tess', itemId: `garden-${n}` }))
    await send('POST', '/v1/events', events)
    const forNewcomer = () => page('/v1/users/newcomer/recommendations?limit=3&explain=true')
    await expect.poll(async () => (await forNewcomer()).basis, PATIENCE).toBe('segment')
    const { items } = await forNewcomer()
    expect(items.map(({ itemId }) => itemId.split('-')[0])).toEqual(Array(3).fill('garden'))
    await send('DELETE', '/v1/users/tess')
    await expect.poll(async () => (await forNewcomer()).basis, PATIENCE).not.toBe('segment')
  })

  it('knows what trends in a country and on a device', async () => {
    const context = { country: 'DE', device: 'phone', mood: 'fine' }
    await send('POST', '/v1/events', { type: 'view', userId: 'uma', itemId: 'kitchen-3', context })
    const first = async (query: string) => (await page(`/v1/trending?explain=true&${query}`)).items[0]?.itemId
    await expect.poll(() => first('context=country:DE'), PATIENCE).toBe('kitchen-3')
    expect(await first('context=device:phone')).toBe('kitchen-3')
    expect(await first('context=mood:fine')).toBe(await first('limit=1'))
    expect(await first('context=mood:fine')).not.toBe('kitchen-3')
    expect(await first('category=kitchen')).toMatch(/^kitchen/)
  })
}
