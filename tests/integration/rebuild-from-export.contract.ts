import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { MOST_EVENTS } from '../../services/collector/intake.ts'
import { halflifeCommand } from './halflife-command.ts'
import type { HttpClient } from './http-client.ts'
import { type Place, runServices, settingsAt, type WhenOver } from './running-halflife.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const USERS = 40
const OLD_EVENTS = 3_600
const HOUR_MS = 3_600_000

interface SentEvent {
  readonly eventId: string
  readonly type: string
  readonly userId: string
  readonly itemId: string
  readonly occurredAt: string
}

/** @param expire lets the log lose what it holds of its events; absent: it keeps them */
export function rebuildFromExportContract(
  name: string,
  newPlace: (whenOver: WhenOver) => Promise<Place>,
  expire?: (place: Place) => Promise<void>,
): void {
  describe(`rebuilding the store from an export, ${name}`, () => {
    const cleanings: (() => Promise<void>)[] = []
    const whenOver: WhenOver = (clean) => cleanings.push(clean)
    const items = Array.from({ length: 20 }, (_, n) => ({ itemId: `item-${n}`, title: `Title ${n}` }))
    /** Removed so long ago that the log has lost that, too. */
    const former = { itemId: 'former', title: 'Title 1 and no longer' }
    const beganMs = Date.now() - 2 * HOUR_MS
    let place: Place
    let halflife: HttpClient & { close(): Promise<void> }
    let path: string
    let until: string

    let number = 0
    const event = (userId: string, itemId: string, occurredAtMs: number): SentEvent => ({
      ...{ eventId: `event-${number++}`, type: 'click', userId, itemId },
      occurredAt: new Date(occurredAtMs).toISOString(),
    })
    const old = Array.from({ length: OLD_EVENTS }, (_, n) =>
      event(`user-${n % USERS}`, `item-${(n * 7) % 20}`, beganMs + n * 1_000),
    )
    /** Of before the log began. */
    const ancient = ['item-1', 'former'].map((itemId) => event('ancient', itemId, beganMs - 500 * HOUR_MS))
    const forgottenBefore = [1, 2, 3].map((n) => event('forgotten', `item-${n}`, beganMs + n))

    async function send(events: readonly SentEvent[]): Promise<void> {
      for (let from = 0; from < events.length; from += MOST_EVENTS) {
        await halflife.send('POST', '/v1/events', events.slice(from, from + MOST_EVENTS))
      }
      const counted = async () => {
        for (const { userId, occurredAt } of new Map(events.map((each) => [each.userId, each])).values()) {
          expect((await heldOf(userId)).remembered.map((each) => each.occurredAt)).toContain(occurredAt)
        }
      }
      await vi.waitFor(counted, PATIENCE)
    }

    interface Held {
      readonly remembered: readonly { readonly occurredAt: string; readonly itemId: string }[]
    }
    /** All but where in the log it comes from. */
    async function heldOf(userId: string): Promise<Held> {
      const { offsets: _, exportedAt: __, ...held } = (await halflife.get(`/v1/users/${userId}/export`)).body
      return held as unknown as Held
    }
    const people = [...Array.from({ length: USERS }, (_, n) => `user-${n}`), 'forgotten', 'left', 'visitor']
    const everybody = () => Promise.all(people.map(heldOf))
    const isStranger = async (userId: string) =>
      expect((await halflife.get(`/v1/users/${userId}/export`)).status).toBe(404)

    beforeAll(async () => {
      place = await newPlace(whenOver)
      halflife = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), whenOver)
      await halflife.send('POST', '/v1/items', items)
      const similar = () => halflife.get('/v1/items/item-19/similar')
      await vi.waitFor(async () => expect((await similar()).status).toBe(200), PATIENCE)
      const lost = event('left', 'item-1', beganMs)
      await send([...old, ...forgottenBefore, lost])
      await halflife.send('DELETE', '/v1/users/forgotten')
      await vi.waitFor(() => isStranger('forgotten'), PATIENCE)
      const afresh = event('forgotten', 'item-9', Date.now())
      await send([afresh])
      await setTimeout(2)
      until = new Date().toISOString()
      await expire?.(place)
      // The export is made later: it holds a part of what follows, too.
      const late = [1, 2, 3].map((n) => event(`user-${n}`, `item-${n}`, beganMs - n))
      await halflife.send('POST', '/v1/events', late)
      await halflife.send('POST', '/v1/users/user-4/aliases', { anonymousId: 'visitor' })
      await halflife.send('DELETE', '/v1/users/left')
      await vi.waitFor(() => isStranger('left'), PATIENCE)
      const recent = [1, 2, 3, 4].map((n) => event(`user-${n}`, `item-${n}`, Date.now()))
      await send([...recent, event('visitor', 'item-4', Date.now()), event('left', 'item-8', Date.now())])

      const folder = await mkdtemp(join(tmpdir(), 'halflife-test-'))
      whenOver(() => rm(folder, { recursive: true }))
      path = join(folder, 'export.jsonl')
      const known = [
        ...ancient,
        ...old,
        ...forgottenBefore,
        lost,
        afresh,
        ...late.slice(1),
        ...recent.slice(1),
      ]
      const untimed = { ...known[0], occurredAt: undefined }
      const lines = [...known, ...items, former, untimed].map((line) => JSON.stringify(line))
      await writeFile(path, `${lines.join('\n')}\n`)
    }, 90_000)
    afterAll(async () => {
      for (const clean of cleanings.reverse()) await clean()
    })

    const rebuild = (...args: readonly string[]) => {
      const environment = { ...place.environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
      return halflifeCommand(['rebuild', '--keep', '5', ...args], environment, whenOver)
    }

    it('goes on where it was killed, with the same export alone, and counts every event once', async () => {
      const before = await everybody()
      const killed = rebuild('--from', path, '--until', until)
      await killed.printed(/Events of the export: [1-9]/)
      killed.signal('SIGKILL')
      await killed.ended
      expect(await everybody()).toEqual(before)

      for (const other of [[], ['--from', path, '--until', new Date(beganMs).toISOString()]]) {
        const refused = rebuild(...other)
        expect([await refused.ended, refused.output().stderr]).toEqual([
          1,
          expect.stringContaining('HL_STORE_CONTRACT'),
        ])
      }
      const again = rebuild('--from', path, '--until', until)
      expect([await again.ended, again.output().stdout]).toEqual([
        0,
        expect.stringMatching(
          /^rebuilt as 1-[0-9a-f]{8} from 3634 lines of the export, \d+ records of events/,
        ),
      ])
      expect(again.output().stderr).toMatch(/Events of the export: [1-9]/)
      expect(again.output().stderr).not.toContain('Events of the export: 0')
      expect(await everybody()).toEqual(before)
    }, 90_000)

    it('counts what the log no longer holds', async () => {
      const { remembered } = await heldOf('ancient')
      expect(remembered.map(({ itemId }) => itemId).sort()).toEqual(['former', 'item-1'])
    })

    it('recommends nobody an item that only the export holds', async () => {
      const { text } = await halflife.get('/v1/items/item-1/similar?limit=50')
      expect(text).toContain('"item-19"')
      expect(text).not.toContain('"former"')
    })

    it('counts once what comes now, however early it happened', async () => {
      const late = event('user-9', 'item-3', beganMs - 1)
      const mass = async () => (await heldOf('user-9')) as unknown as { masses: { lasting: number } }
      const before = (await mass()).masses.lasting
      await halflife.send('POST', '/v1/events', [late])
      await vi.waitFor(async () => expect((await mass()).masses.lasting).toBeGreaterThan(before), PATIENCE)
    })
  })
}
