import { describe, expect, it } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { ImportLine, ImportSource } from '../../../services/cli/import/import-source.ts'
import { listedPart } from '../../../services/cli/import/import-source.ts'
import { feedEvents, requireWhole } from '../../../services/cli/rebuild/feed-export.ts'
import { inMemory } from '../tracker/tracker-in-memory.ts'

const LINES = 1_301
const USERS = 100
const BEGAN_MS = Date.UTC(2026, 0, 1)
const userIds = Array.from({ length: USERS }, (_, n) => `user-${n}`)
const broken = { line: 1, error: new HalflifeError('HL_BODY_JSON', 'broken') }

type Line = ImportLine<{
  eventId: string
  type: string
  userId: string
  itemId: string
  weight: number
  occurredAt: string
}>

/** A line each ms; every 50th and the last one are broken. */
const lines = Array.from({ length: LINES }, (_, n): Line => {
  if (n % 50 === 0) return broken
  const event = { eventId: `event-${n}`, type: 'click', userId: `user-${n % USERS}`, itemId: 'i0', weight: 1 }
  return { value: { ...event, occurredAt: new Date(BEGAN_MS + n).toISOString() } }
})
const events: ImportSource['events'] = {
  total: LINES,
  async *read() {
    yield* lines
  },
}
const exported = {
  topic: 'export-0a1b2c3d',
  untilMs: Date.now(),
  source: { items: listedPart<never>([]), events },
}
const context = { exported, onBroken: () => undefined, report: () => undefined }
/** What was live has forgotten one of them in the middle. */
const FORGOTTEN_AT_MS = BEGAN_MS + 701
const forgottenAt = async (asked: readonly string[]) =>
  asked.map((userId) => (userId === 'user-1' ? FORGOTTEN_AT_MS : 0))

const countedOf = (userId: string) =>
  lines.filter((line, n) => {
    const isTheirs = 'value' in line && line.value.userId === userId
    return isTheirs && !(userId === 'user-1' && BEGAN_MS + n <= FORGOTTEN_AT_MS)
  }).length || undefined
const counted = userIds.map(countedOf)

async function stepsOfFeeding(): Promise<number> {
  let steps = 0
  const { store, newTracker } = await inMemory(40, (step) => {
    steps = step
  })
  await feedEvents(await newTracker(), forgottenAt, { ...context, store })
  return steps
}

describe('an export that is fed', () => {
  it('counts once, without what was broken or is forgotten, wherever the feeding was cut off', async () => {
    const steps = await stepsOfFeeding()
    // It begins, takes a thousand lines twice, each time in three steps, and ends.
    expect(steps).toBe(8)
    for (let cutOffAt = 1; cutOffAt <= steps; cutOffAt++) {
      let isCutOff = false
      const { store, newTracker, massesOf } = await inMemory(40, (step) => {
        if (isCutOff && step === cutOffAt) throw new HalflifeError('HL_STORE_UNAVAILABLE', 'cut off')
      })
      const first = await newTracker()
      isCutOff = true
      await expect(feedEvents(first, forgottenAt, { ...context, store })).rejects.toThrow('cut off')
      isCutOff = false
      await feedEvents(await newTracker(), forgottenAt, { ...context, store })
      expect(await massesOf(userIds)).toEqual(counted)
      const state = await store.readPartition(exported.topic, 0)
      expect([state?.position, state?.recent]).toEqual([2 * LINES, undefined])
    }
  }, 30_000)

  it('is not whole when the store has lost a part of it', async () => {
    const { store, newTracker } = await inMemory(40, () => undefined)
    await expect(requireWhole(exported, store)).rejects.toMatchObject({ code: 'HL_POSITION_MOVED' })
    await feedEvents(await newTracker(), forgottenAt, { ...context, store })
    await expect(requireWhole(exported, store)).resolves.toBeUndefined()
  })
})
