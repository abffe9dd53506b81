import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { HttpClient } from './http-client.ts'
import { type Place, runServices, settingsAt, type WhenOver } from './running-halflife.ts'

const PATIENCE = { timeout: 15_000, interval: 50 }
const items = Array.from({ length: 12 }, (_, n) => ({
  itemId: `film-${n}`,
  title: `film ${n}`,
  category: 'film',
}))

interface Services {
  readonly collector: HttpClient
  readonly tracker: HttpClient
  readonly scorer: HttpClient
}

interface Page {
  readonly recommendationId: string
  readonly items: readonly { readonly itemId: string }[]
}

/** What was shown, and what came of it, on whatever it runs. */
export function outcomesContract(
  name: string,
  newPlace: (whenOver: WhenOver) => Promise<Place>,
  together: boolean,
): void {
  describe(`impressions and outcomes, ${name}`, () => {
    const cleanings: (() => Promise<void>)[] = []
    const whenOver: WhenOver = (clean) => cleanings.push(clean)
    let services: Services

    beforeAll(async () => {
      const settings = settingsAt(await newPlace(whenOver))
      if (together) {
        const all = await runServices(['collector', 'tracker', 'scorer'], settings, whenOver)
        services = { collector: all, tracker: all, scorer: all }
      } else {
        const [collector, tracker] = [
          await runServices(['collector'], settings, whenOver),
          await runServices(['tracker'], settings, whenOver),
        ]
        services = { collector, tracker, scorer: await runServices(['scorer'], settings, whenOver) }
      }
      await services.collector.send('POST', '/v1/items', items)
      const allThere = async () =>
        expect((await services.scorer.get('/v1/items/film-11/similar')).status).toBe(200)
      await vi.waitFor(allThere, PATIENCE)
    })
    afterAll(async () => {
      for (const clean of cleanings.reverse()) await clean()
    })

    async function pageOf(userId: string): Promise<Page> {
      const { body } = await services.scorer.get(`/v1/users/${userId}/recommendations?limit=4`)
      await expect.poll(() => shownTo(userId), PATIENCE).toContain(body.recommendationId)
      return body as unknown as Page
    }
    async function shownTo(userId: string): Promise<string> {
      return (await services.scorer.get(`/v1/users/${userId}/export`)).text
    }
    const tell = (...events: object[]) => services.collector.send('POST', '/v1/events', events)

    /** The value of the series that has these labels, among others. */
    async function counted(metric: string, labels: Record<string, string>): Promise<number> {
      const { text } = await services.tracker.get('/metrics')
      const found = text.split('\n').filter((line) => {
        return (
          line.startsWith(`${metric}{`) &&
          Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`))
        )
      })
      return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    }
    const outcomes = (labels: Record<string, string>) =>
      counted('halflife_recommendation_outcomes_total', labels)
    const handled = (labels: Record<string, string>) => counted('halflife_events_total', labels)

    it('counts what was shown, by scenario, source and place', async () => {
      await pageOf('ann')
      const shown = (labels: Record<string, string>) =>
        counted('halflife_recommendation_impressions_total', { scenario: 'home', ...labels })
      await expect.poll(() => shown({}), PATIENCE).toBe(4)
      expect(await shown({ source: 'first-look', position: '1' })).toBe(1)
      expect(await shown({ position: '4-6' })).toBe(1)
    })

    it('owes a click to the page that it names, at its place, and counts it once', async () => {
      const { recommendationId, items } = await pageOf('bo')
      const click = {
        type: 'click',
        userId: 'bo',
        itemId: items[2]!.itemId,
        recommendationId,
        eventId: 'bo-1',
      }
      await tell(click, click)
      await tell(click)
      await expect.poll(() => handled({ outcome: 'repeated' }), PATIENCE).toBe(2)
      const labels = { outcome: 'click', by: 'id', scenario: 'home', source: 'first-look', position: '3' }
      expect([await outcomes(labels), await outcomes({ by: 'id' })]).toEqual([1, 1])
    })

    it('owes a purchase without a name to the page that showed the item, and one of nothing shown to none', async () => {
      const { items: shown } = await pageOf('cy')
      const hidden = items.find(({ itemId }) => shown.every((each) => each.itemId !== itemId))!.itemId
      await tell(
        { type: 'purchase', userId: 'cy', itemId: shown[0]!.itemId },
        { type: 'purchase', userId: 'cy', itemId: hidden },
      )
      await expect
        .poll(
          () => counted('halflife_recommendation_outcomes_unowed_total', { outcome: 'conversion' }),
          PATIENCE,
        )
        .toBe(1)
      expect(await outcomes({ outcome: 'conversion', by: 'item', position: '1' })).toBe(1)
      expect(await outcomes({ outcome: 'conversion' })).toBe(1)
    })

    it('counts a click from a page that was shown to nobody by name', async () => {
      const { body } = await services.scorer.send('POST', '/v1/search', { query: 'film 3', limit: 1 })
      const { recommendationId, items } = body as unknown as Page
      await expect
        .poll(() => counted('halflife_recommendation_impressions_total', { scenario: 'search' }), PATIENCE)
        .toBe(1)
      await tell({ type: 'click', userId: 'dee', itemId: items[0]!.itemId, recommendationId })
      await expect.poll(() => outcomes({ scenario: 'search', source: 'query', by: 'id' }), PATIENCE).toBe(1)
    })

    it('writes nothing down of who is served in private', async () => {
      const logged = async () => {
        const { text } = await services.scorer.get('/metrics')
        return Number(/halflife_impressions_logged_total\{outcome="logged"[^}]*\} (\d+)/.exec(text)![1])
      }
      const before = await logged()
      await services.scorer.send('POST', '/v1/rank', { events: [{ type: 'like', itemId: 'film-1' }] })
      await pageOf('eve')
      expect(await logged()).toBe(before + 1)
    })

    it('forgets what a forgotten user was shown', async () => {
      const { recommendationId } = await pageOf('ann')
      expect(await shownTo('ann')).toContain(recommendationId)
      await services.collector.send('DELETE', '/v1/users/ann')
      await expect.poll(() => shownTo('ann'), PATIENCE).toContain('HL_USER_UNKNOWN')
    })

    it('takes nothing for shown of which only the head was asked for', async () => {
      const path = '/v1/users/probed/recommendations'
      const head = await fetch(services.scorer.url + path, { method: 'HEAD' })
      expect(head.status).toBe(200)
      await pageOf('probed')
      expect((await shownTo('probed')).match(/"recommendationId"/g)).toHaveLength(1)
    })

    it('logs failed impressions nowhere: all of them were taken', async () => {
      const { text } = await services.scorer.get('/metrics')
      expect(text).toMatch(/halflife_impressions_logged_total\{outcome="failed"[^}]*\} 0\n/)
    })
  })
}
