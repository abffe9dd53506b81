import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { halflifeCommand } from './halflife-command.ts'
import type { HttpClient } from './http-client.ts'
import { type Place, runServices, settingsAt, type WhenOver } from './running-halflife.ts'
import { freshStoreOver, openedStore, replayWholeLog } from './whole-log-replay.ts'

const PATIENCE = { timeout: 10_000, interval: 50 }
const items = ['space-0', 'space-1', 'garden-0', 'garden-1'].map((itemId) => ({
  itemId,
  title: itemId,
  category: itemId.split('-')[0]!,
}))

/** Forgotten means forgotten, on whatever it runs. */
export function forgettingContract(name: string, newPlace: (whenOver: WhenOver) => Promise<Place>): void {
  describe(`forgetting a user, ${name}`, () => {
    const cleanings: (() => Promise<void>)[] = []
    const whenOver: WhenOver = (clean) => cleanings.push(clean)
    let place: Place
    let halflife: HttpClient & { close(): Promise<void> }

    beforeAll(async () => {
      place = await newPlace(whenOver)
      halflife = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), whenOver)
      await halflife.send('POST', '/v1/items', items)
      const allThere = async () => expect((await halflife.get('/v1/items/garden-1/similar')).status).toBe(200)
      await vi.waitFor(allThere, PATIENCE)
    })
    afterAll(async () => {
      for (const clean of cleanings.reverse()) await clean()
    })

    const click = (userId: string, itemId: string) =>
      halflife.send('POST', '/v1/events', { type: 'click', userId, itemId })
    const exportOf = (userId: string) => halflife.get(`/v1/users/${userId}/export`)
    const statusOf = async (userId: string) => (await exportOf(userId)).status

    it('gives out everything held about a user before', async () => {
      for (const userId of ['ann', 'bo', 'cy']) {
        await click(userId, 'space-0')
        await click(userId, 'never-1')
      }
      await halflife.send('PUT', '/v1/users/ann', { statedInterests: ['slow crime novels'] })
      const waits = async () => (await exportOf('ann')).text
      await expect.poll(waits, PATIENCE).toMatch(/slow crime novels.*space-0.*never-1/)
      const { body } = await exportOf('ann')
      expect(body).toMatchObject({
        userId: 'ann',
        forgottenAt: null,
        masses: { session: 2 },
        remembered: [{ itemId: 'space-0', title: 'space-0', type: 'click', weight: 2 }],
        waiting: [{ itemId: 'never-1', title: null }],
        seen: [{ kinds: ['positive'] }, { kinds: ['positive'] }],
      })
      const { text } = body.vectors as unknown as Record<string, Record<string, number[]>>
      expect(text!.session).toHaveLength(384)
      expect(Object.keys(body.offsets!)).toHaveLength(1)
    })

    it('answers with a receipt, and within seconds the user is a stranger', async () => {
      const { status, body } = await halflife.send('DELETE', '/v1/users/ann')
      expect(status).toBe(202)
      expect(body).toMatchObject({ userId: 'ann', receiptId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
      expect(Date.parse(String(body.requestedAt))).not.toBeNaN()
      await expect.poll(() => statusOf('ann'), PATIENCE).toBe(404)
      expect((await exportOf('ann')).body.code).toBe('HL_USER_UNKNOWN')
      expect((await halflife.get('/v1/users/ann/interests')).status).toBe(404)
      const [theirs, strangers] = await Promise.all(
        ['ann', 'stranger'].map((userId) => halflife.get(`/v1/users/${userId}/recommendations?limit=4`)),
      )
      expect(theirs!.body.basis).toBe(strangers!.body.basis)
      expect(theirs!.text).toContain('"space-0"')
      expect(await statusOf('bo')).toBe(200)
      const { store } = await openedStore(settingsAt(place), whenOver)
      expect((await store.waitingUsers('never-1')).sort()).toEqual(['bo', 'cy'])
    })

    it('does the same on the command line, and comes back when it is done', async () => {
      const environment = { ...place.environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
      const command = halflifeCommand(['forget', 'bo'], environment, whenOver)
      expect([await command.ended, command.output().stderr]).toEqual([0, ''])
      expect(JSON.parse(command.output().stdout)).toMatchObject({ userId: 'bo' })
      expect(await statusOf('bo')).toBe(404)
    })

    it('lets what happens afterwards start afresh', async () => {
      await click('ann', 'garden-0')
      const remembers = async () => (await exportOf('ann')).text
      await expect.poll(remembers, PATIENCE).toContain('"masses":{"session":2,')
      expect((await exportOf('ann')).body).toMatchObject({
        profile: null,
        forgottenAt: expect.any(String),
        masses: { session: 2 },
        remembered: [{ itemId: 'garden-0' }],
        waiting: [],
        seen: [{}],
      })
    })

    it('stays done when the whole log is replayed into an empty store', async () => {
      const before = (await exportOf('ann')).body
      await halflife.close()
      const fresh = await freshStoreOver(place, whenOver)
      const store = await replayWholeLog(fresh, whenOver)
      halflife = await runServices(['collector', 'scorer'], settingsAt(fresh), whenOver)
      expect(await statusOf('bo')).toBe(404)
      expect(await store.readProfile('ann')).toBeUndefined()
      expect(await store.waitingUsers('never-1')).toEqual(['cy'])
      const remembered = async (userId: string) => {
        const { status, body } = await exportOf(userId)
        return status === 200
          ? (body.remembered as unknown as { itemId: string }[]).map(({ itemId }) => itemId)
          : []
      }
      await expect.poll(() => remembered('ann'), PATIENCE).toEqual(['garden-0'])
      await expect.poll(() => remembered('cy'), PATIENCE).toEqual(['space-0'])
      // The offset may be that of a record which woke them for an item that the replay knew at once.
      // And what was shown comes by another topic, at its own pace.
      const { exportedAt: _, offsets: __, shown: ___, ...held } = before
      expect((await exportOf('ann')).body).toMatchObject(held)
      await click('bo', 'space-1')
      await expect.poll(() => remembered('bo'), PATIENCE).toEqual(['space-1'])
      expect((await exportOf('bo')).body).toMatchObject({ waiting: [], seen: [{}], masses: { session: 2 } })
    })
  })
}
