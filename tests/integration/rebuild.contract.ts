import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { MOST_EVENTS } from '../../services/collector/intake.ts'
import { startProcess } from '../../services/process/start-process.ts'
import { halflifeCommand } from './halflife-command.ts'
import { type HttpClient, httpClient } from './http-client.ts'
import { type Place, runServices, settingsAt, type WhenOver } from './running-halflife.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const ITEMS = 20
const USERS = 50
const EVENTS = 3_000
const HOUR_MS = 3_600_000

/** A store that is built anew beside itself, on whatever it runs. */
export function rebuildContract(name: string, newPlace: (whenOver: WhenOver) => Promise<Place>): void {
  describe(`rebuilding the store, ${name}`, () => {
    const cleanings: (() => Promise<void>)[] = []
    const whenOver: WhenOver = (clean) => cleanings.push(clean)
    let place: Place
    let halflife: HttpClient & { close(): Promise<void> }

    beforeAll(async () => {
      place = await newPlace(whenOver)
      halflife = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), whenOver)
      const items = Array.from({ length: ITEMS }, (_, n) => ({ itemId: `item-${n}`, title: `Title ${n}` }))
      await halflife.send('POST', '/v1/items', items)
      await vi.waitFor(
        async () => expect((await halflife.get(`/v1/items/item-${ITEMS - 1}/similar`)).status).toBe(200),
        PATIENCE,
      )
      const beganMs = Date.now() - HOUR_MS
      const events = Array.from({ length: EVENTS }, (_, n) => ({
        ...{
          eventId: `event-${n}`,
          type: 'click',
          userId: `user-${n % USERS}`,
          itemId: `item-${(n * 7) % ITEMS}`,
        },
        occurredAt: new Date(beganMs + n * 1_000).toISOString(),
      }))
      // Through the services: LMDB, opened a second time in one process, stands still when it is being written to.
      for (let from = 0; from < EVENTS; from += MOST_EVENTS) {
        await halflife.send('POST', '/v1/events', events.slice(from, from + MOST_EVENTS))
      }
      // By the time of the last event of each: the items come round again.
      const last = events.slice(-USERS).map(({ occurredAt }) => occurredAt)
      const reached = async () => (await everybody()).map((held) => (held as { asOf?: string }).asOf)
      await vi.waitFor(async () => expect(await reached()).toEqual(last), PATIENCE)
    }, 60_000)
    afterAll(async () => {
      for (const clean of cleanings.reverse()) await clean()
    })

    const rebuild = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      halflifeCommand(
        ['rebuild', ...args],
        { ...place.environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error', ...more },
        whenOver,
      )
    const exportOf = async (userId: string, from: HttpClient = halflife) =>
      (await from.get(`/v1/users/${userId}/export`)).body
    const newestOf = async (userId: string) =>
      ((await exportOf(userId)).remembered as unknown as { itemId: string }[] | undefined)?.[0]?.itemId
    const massOf = async (userId: string, from: HttpClient = halflife) =>
      ((await exportOf(userId, from)).masses as unknown as Record<string, number> | undefined)?.session

    async function everybody(): Promise<unknown[]> {
      const all = await Promise.all(Array.from({ length: USERS }, (_, n) => exportOf(`user-${n}`)))
      return all.map(({ exportedAt: _, ...held }) => held)
    }

    it('goes on where it was killed, and leaves every user as they were', async () => {
      const before = await everybody()
      const killed = rebuild(['--keep', '0'])
      await killed.printed(/Rebuilding users/)
      killed.signal('SIGKILL')
      await killed.ended
      expect(await everybody()).toEqual(before)
      const again = rebuild(['--keep', '5'])
      expect([await again.ended, again.output().stderr.replaceAll(/^Rebuilding .*\n/gm, '')]).toEqual([0, ''])
      expect(again.output().stdout).toMatch(
        /^rebuilt as 1-[0-9a-f]{8} from 3000 records of events and 20 of the catalog, and switched over\nremoved what was there before any rebuild\n$/,
      )
      expect(await everybody()).toEqual(before)
    }, 60_000)

    it('lets readers see what was or what is, for each user and at any moment, and nothing in between', async () => {
      const [was] = await everybody()
      const seen: (number | undefined)[] = []
      const command = rebuild(['--keep', '5'], { EVENT_WEIGHTS: 'click=20' })
      const over = command.ended.then(() => true)
      while (!(await Promise.race([over, exportOf('user-0').then(() => false)])))
        seen.push(await massOf('user-0'))
      expect(await command.ended).toBe(0)
      const { session } = (was as { masses: { session: number } }).masses
      expect(seen[0]).toBe(session)
      expect(seen.at(-1)! / session).toBeCloseTo(10, 9)
      expect(new Set(seen).size).toBe(2)
      expect(seen).toEqual([...seen].sort((a, b) => a! - b!))
    }, 60_000)

    it('counts what happens meanwhile, and afterwards', async () => {
      const command = rebuild(['--keep', '5'])
      await command.printed(/Rebuilding users/)
      await halflife.send('POST', '/v1/events', { type: 'click', userId: 'meanwhile', itemId: 'item-1' })
      expect(await command.ended).toBe(0)
      await halflife.send('POST', '/v1/events', { type: 'click', userId: 'afterwards', itemId: 'item-2' })
      await vi.waitFor(async () => expect(await newestOf('meanwhile')).toBe('item-1'), PATIENCE)
      await vi.waitFor(async () => expect(await newestOf('afterwards')).toBe('item-2'), PATIENCE)
    }, 60_000)

    it('opens under other half-lives for those who wait for it, and ends those who were started with the former', async () => {
      const failed = vi.fn()
      const old = await startProcess({
        ...{ roles: ['scorer'], service: 'scorer', settings: settingsAt(place), onProgress: () => {} },
        onFailed: failed,
      })
      whenOver(() => old.closing.closeAll())
      const before = await massOf('user-0')
      const timescales = { TIMESCALES: 'session=900,recent=86400,lasting=2592000' }
      const refused = runServices(['scorer'], settingsAt(place, timescales), whenOver)
      await expect(refused).rejects.toMatchObject({ code: 'HL_STORE_CONTRACT' })
      const command = rebuild(['--keep', '5'], timescales)
      await command.printed(/Rebuilding users/)
      const waiting = runServices(['tracker', 'scorer'], settingsAt(place, timescales), whenOver)
      const after = await waiting
      expect(await massOf('user-0', after)).toBeLessThan(before!)
      expect(await command.ended).toBe(0)
      await vi.waitFor(
        () => expect(failed.mock.calls).toMatchObject([[{ code: 'HL_STORE_CONTRACT' }]]),
        PATIENCE,
      )
      await expect(httpClient(old.port).get('/livez')).rejects.toThrow()
    }, 60_000)

    it('leaves nothing behind when it is abandoned', async () => {
      const killed = rebuild([])
      await killed.printed(/Rebuilding/)
      killed.signal('SIGKILL')
      await killed.ended
      const abandoned = rebuild(['--abandon'])
      expect(await abandoned.ended).toBe(0)
      expect(abandoned.output().stdout).toMatch(/^removed 5-[0-9a-f]{8}\n$/)
      const none = rebuild(['--abandon'])
      expect([await none.ended, none.output().stdout]).toEqual([0, 'removed nothing\n'])
    }, 60_000)
  })
}
