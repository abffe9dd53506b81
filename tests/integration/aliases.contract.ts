import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { halflifeCommand } from './halflife-command.ts'
import type { HttpClient } from './http-client.ts'
import { type Place, runServices, settingsAt, type WhenOver } from './running-halflife.ts'
import { freshStoreOver, replayWholeLog } from './whole-log-replay.ts'

const PATIENCE = { timeout: 10_000, interval: 50 }
const items = ['space-0', 'space-1', 'garden-0', 'garden-1'].map((itemId) => ({ itemId, title: itemId }))
const NOTHING = { ids: [], done: [], mass: 0 }

/** One person, several ids, on whatever it runs. */
export function aliasesContract(name: string, newPlace: (whenOver: WhenOver) => Promise<Place>): void {
  describe(`one person with several ids, ${name}`, () => {
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
    const alias = (userId: string, anonymousId: string) =>
      halflife.send('POST', `/v1/users/${userId}/aliases`, { anonymousId })
    const exported = async (userId: string) => (await halflife.get(`/v1/users/${userId}/export`)).text
    /** Item ids of what somebody did, and the sum of the weights at the longest timescale. */
    const heldOf = async (userId: string) => {
      const { status, body } = await halflife.get(`/v1/users/${userId}/export`)
      if (status === 404) return NOTHING
      const { ids, remembered, waiting, masses } = body as unknown as Export
      const done = [...remembered, ...waiting].map(({ itemId }) => itemId).sort()
      return { ids, done, mass: Math.round(masses.lasting! * 100) / 100 }
    }
    const doneBy = async (userId: string) => (await heldOf(userId)).done

    it('counts what the visitor did for the account, from whichever partition', async () => {
      // Of twelve anonymous ids some lie in other partitions than the account.
      for (let n = 0; n < 12; n++) await click(`cookie-${n}`, 'space-0')
      await click('cookie-0', 'never-1')
      await click('ann', 'garden-0')
      const { status, body } = await alias('ann', 'cookie-0')
      expect(status).toBe(202)
      const receiptId = expect.stringMatching(/^[0-9a-f-]{36}$/)
      expect(body).toMatchObject({ userId: 'ann', anonymousId: 'cookie-0', receiptId })
      expect(Date.parse(String(body.requestedAt))).not.toBeNaN()
      for (let n = 1; n < 12; n++) await alias('ann', `cookie-${n}`)
      const done = [...Array<string>(12).fill('space-0'), 'garden-0', 'never-1'].sort()
      await expect.poll(() => heldOf('ann'), PATIENCE).toMatchObject({ done, mass: 26 })
    })

    it('answers the same for each of the ids', async () => {
      await halflife.send('PUT', '/v1/users/ann', { statedInterests: ['slow crime novels'] })
      await expect.poll(() => exported('ann'), PATIENCE).toContain('slow crime')
      const [account, visitor] = await Promise.all(['ann', 'cookie-7'].map(heldOf))
      expect(visitor).toEqual(account)
      expect(account!.ids[0]).toBe('ann')
      expect(account!.ids).toHaveLength(13)
      expect((await halflife.get('/v1/users/cookie-7/export')).body.profile).toMatchObject({
        statedInterests: ['slow crime novels'],
      })
      const interests = await halflife.get('/v1/users/cookie-7/interests')
      expect(interests.text).toMatch(/space-0.*garden-0/)
      const page = await halflife.get('/v1/users/cookie-7/recommendations?limit=4')
      expect(page.body.basis).toBe('interests')
      expect(page.text).not.toContain('"garden-0"')
    })

    it('changes nothing when it is said again, and counts what the visitor does later', async () => {
      const { ids, done } = await heldOf('ann')
      for (let n = 0; n < 12; n++) await alias('ann', `cookie-${n}`)
      await click('cookie-3', 'garden-1')
      const more = { ids, done: [...done, 'garden-1'].sort(), mass: 28 }
      await expect.poll(() => heldOf('ann'), PATIENCE).toEqual(more)
    })

    it('makes one person of a chain, however it is told', async () => {
      await alias('mid', 'tail')
      await click('tail', 'space-0')
      await alias('head', 'mid')
      await click('mid', 'space-1')
      await click('head', 'garden-0')
      const person = { ids: ['head', 'mid', 'tail'], done: ['garden-0', 'space-0', 'space-1'], mass: 6 }
      for (const id of person.ids) await expect.poll(() => heldOf(id), PATIENCE).toEqual(person)
    })

    it('leaves an id with the account that was named first, whatever becomes of the other', async () => {
      await alias('dan', 'tablet')
      await click('tablet', 'space-1')
      await click('eve', 'garden-0')
      await alias('eve', 'tablet')
      await alias('eve', 'phone')
      await click('phone', 'space-0')
      await expect.poll(() => doneBy('eve'), PATIENCE).toEqual(['garden-0', 'space-0'])
      await halflife.send('DELETE', '/v1/users/eve')
      await expect.poll(() => doneBy('phone'), PATIENCE).toEqual([])
      await expect.poll(() => doneBy('eve'), PATIENCE).toEqual([])
      await click('tablet', 'garden-1')
      await expect.poll(() => doneBy('dan'), PATIENCE).toEqual(['garden-1', 'space-1'])
    })

    it('takes an id out of the account when that id is forgotten', async () => {
      const { done } = await heldOf('ann')
      await halflife.send('DELETE', '/v1/users/cookie-3')
      const left = done.filter((itemId) => itemId !== 'garden-1')
      left.splice(left.indexOf('space-0'), 1)
      await expect.poll(() => heldOf('ann'), PATIENCE).toMatchObject({ done: left, mass: 24 })
      expect(await heldOf('cookie-3')).toEqual(NOTHING)
    })

    it('forgets all ids with the account, and what they do afterwards is nobody else’s', async () => {
      await halflife.send('PUT', '/v1/users/tail', { statedInterests: ['jazz'] })
      await expect.poll(() => exported('tail'), PATIENCE).toContain('jazz')
      await halflife.send('DELETE', '/v1/users/head')
      for (const id of ['head', 'mid', 'tail']) await expect.poll(() => heldOf(id), PATIENCE).toEqual(NOTHING)
      await click('tail', 'garden-1')
      await expect
        .poll(() => heldOf('tail'), PATIENCE)
        .toEqual({ ids: ['tail'], done: ['garden-1'], mass: 2 })
      expect(await heldOf('head')).toEqual(NOTHING)
    })

    it('are all forgotten when the command line comes back', async () => {
      // Six ids of one account, and then a chain.
      const ids = Array.from({ length: 9 }, (_, n) => `link-${n}`)
      for (const [n, id] of ids.entries()) {
        await click(id, 'space-0')
        if (n > 0) await alias(n < 7 ? ids[0]! : ids[n - 1]!, id)
      }
      await halflife.send('PUT', '/v1/users/link-8', { statedInterests: ['jazz'] })
      await expect.poll(() => heldOf('link-0'), PATIENCE).toMatchObject({ done: Array(9).fill('space-0') })
      await expect.poll(() => exported('link-8'), PATIENCE).toContain('jazz')
      const environment = { ...place.environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
      const command = halflifeCommand(['forget', 'link-0'], environment, whenOver)
      expect([await command.ended, command.output().stderr]).toEqual([0, ''])
      expect(await Promise.all(ids.map(heldOf))).toEqual(ids.map(() => NOTHING))
    })

    it('is all the same when the whole log is replayed into an empty store', async () => {
      const people = ['ann', 'cookie-3', 'cookie-7', 'dan', 'tablet', 'eve', 'phone', 'head', 'mid', 'tail']
      const before = await Promise.all(people.map(heldOf))
      await halflife.close()
      const fresh = await freshStoreOver(place, whenOver)
      await replayWholeLog(fresh, whenOver)
      halflife = await runServices(['scorer'], settingsAt(fresh), whenOver)
      await expect.poll(() => Promise.all(people.map(heldOf)), PATIENCE).toEqual(before)
    })
  })
}

interface Export {
  readonly ids: readonly string[]
  readonly remembered: readonly { readonly itemId: string }[]
  readonly waiting: readonly { readonly itemId: string }[]
  readonly masses: Readonly<Record<string, number>>
}
