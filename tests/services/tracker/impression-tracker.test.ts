import { expect, it } from 'vitest'
import { encodeRecord } from '../../../libs/event/encode-record.ts'
import type { EventLog, LogRecord, NewRecord } from '../../../libs/log/event-log.ts'
import { impressionTracker } from '../../../services/tracker/impression-tracker.ts'
import type { TrackerTelemetry } from '../../../services/tracker/tracker-telemetry.ts'
import { simulatedStore, storeData } from '../../faults/simulation/simulated-store.ts'
import { contract, topics } from '../../faults/simulation/small-world.ts'

const NOW = Date.UTC(2026, 0, 8)
const HOUR_MS = 3_600_000
const WINDOW_MS = 24 * HOUR_MS
const PLACE = { topic: topics.impressions, partition: 0 }

function shown(recommendationId: string, hoursAgo: number, more: object = {}) {
  const items = [{ itemId: 'tea', position: 1, source: 'fresh' }]
  const shownAt = new Date(NOW - hoursAgo * HOUR_MS).toISOString()
  return { recommendationId, userId: 'ann', shownAt, scenario: 'home', sampled: 1, items, ...more }
}

function batchOf(values: readonly unknown[], from = 0) {
  const records = values.map((value, n): LogRecord => {
    const { key, value: bytes } = encodeRecord('ann', value as object)
    return { ...PLACE, offset: from + n, timestampMs: NOW, key: Buffer.from(key), value: bytes, headers: {} }
  })
  return { ...PLACE, records, endOffset: from + records.length }
}

/** A tracker of impressions over a store in memory, and what came of it. */
async function surroundings() {
  const call = async <T>(_: string, effect: () => T): Promise<T> => effect()
  const store = simulatedStore({ data: storeData(), contract, call, cut: (users) => [users] })
  const letters: NewRecord[] = []
  const append = async (_: string, records: readonly NewRecord[]) => void letters.push(...records)
  let counted = 0
  const say = {
    pageShown: () => void counted++,
    recordDeadLettered: () => undefined,
  } satisfies Partial<TrackerTelemetry> as unknown as TrackerTelemetry
  const newTracker = async () => {
    const tracker = impressionTracker({
      ...{ store, say, topics, log: { append } as unknown as EventLog, now: () => NOW },
      ...{ attributionWindowMs: WINDOW_MS, trendingHalfLifeMs: 1e300 },
    })
    await tracker.startAt(PLACE.topic, PLACE.partition)
    return tracker
  }
  return {
    newTracker,
    letters,
    counted: () => counted,
    pagesOf: async (to: string) => (await store.readShown([to]))[0]!.map((page) => page.recommendationId),
    timesShown: async () =>
      (await store.readPartition(PLACE.topic, PLACE.partition))?.trending.weights.get('tea'),
  }
}

it('a page is kept with whom it was shown to, and no longer than something done on it can be owed to it', async () => {
  const { newTracker, pagesOf } = await surroundings()
  const named = [shown('old', 24), shown('late', 23), shown('new', 0)]
  await (await newTracker()).track(batchOf([...named, shown('for-nobody', 1, { userId: undefined })]))
  expect(await pagesOf('ann')).toEqual(['new', 'late'])
  expect(await pagesOf('for-nobody')).toEqual(['for-nobody'])
})

it('an item counts as shown as often as the sample says it was', async () => {
  const { newTracker, timesShown } = await surroundings()
  await (await newTracker()).track(batchOf([shown('r0', 30), shown('r1', 0, { sampled: 0.25 })]))
  expect(await timesShown()).toBeCloseTo(1 + 4)
})

it('pages that come again, to another tracker too, count once', async () => {
  const { newTracker, timesShown, counted, pagesOf } = await surroundings()
  const pages = [shown('r0', 2), shown('r1', 1)]
  await (await newTracker()).track(batchOf(pages))
  const other = await newTracker()
  await other.track(batchOf(pages))
  await other.track(batchOf([...pages, shown('r2', 0)]))
  expect([await timesShown(), counted()]).toEqual([3, 3])
  expect(await pagesOf('ann')).toEqual(['r2', 'r1', 'r0'])
})

it('what is no impression is set aside, and its neighbours count', async () => {
  const { newTracker, letters, timesShown } = await surroundings()
  await (await newTracker()).track(batchOf([shown('r0', 1), { scenario: 'home' }, shown('r1', 0)]))
  expect(letters.map(({ key, headers }) => [key, headers!['halflife-code']])).toEqual([
    [`${PLACE.topic}/0/1`, 'HL_ID_MISSING'],
  ])
  expect(await timesShown()).toBe(2)
})
