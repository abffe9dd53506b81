import { randomUUID } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Settings } from '../../libs/settings/settings.ts'
import type { Store } from '../../libs/store/store.ts'
import { openHealth } from '../../libs/telemetry/health.ts'
import { closingList } from '../../libs/telemetry/orderly-shutdown.ts'
import { processTelemetry } from '../../libs/telemetry/process-telemetry.ts'
import { openTelemetry } from '../../libs/telemetry/telemetry.ts'
import { boundsOf } from '../../services/process/contract.ts'
import { type Ground, openEmbedding, openLog, openStore } from '../../services/process/substrate.ts'
import { startTracker } from '../../services/tracker/tracker.ts'
import { trackerTelemetry } from '../../services/tracker/tracker-telemetry.ts'
import { embeddedPlace, type Place, settingsAt, type WhenOver } from './running-halflife.ts'

/** The same log with an empty store: another key prefix, or a copy of the embedded log in a new folder. Whoever has the
 *  embedded log open must have closed it. */
export async function freshStoreOver(place: Place, whenOver: WhenOver): Promise<Place> {
  const { environment } = place
  if (environment.DATA_DIR === undefined) {
    return { environment: { ...environment, KEY_PREFIX: `fresh-${randomUUID().slice(0, 8)}` } }
  }
  const fresh = await embeddedPlace(whenOver)
  const [from, to] = [environment.DATA_DIR, fresh.environment.DATA_DIR!]
  await cp(join(from, 'log'), join(to, 'log'), { recursive: true })
  return fresh
}

/** Log and store of a place, opened beside whatever runs there. The embedded log, opened a second time in one process, may
 *  stand still while it is being written to. */
export async function opened(settings: Settings, whenOver: WhenOver) {
  const { ground, ...open } = await openedStore(settings, whenOver)
  return { ...(await openLog(ground)), ...open }
}

export async function openedStore(settings: Settings, whenOver: WhenOver) {
  const telemetry = openTelemetry({ service: 'test', level: 'silent' })
  const closing = closingList()
  whenOver(() => closing.closeAll())
  const say = processTelemetry(telemetry)
  const ground: Ground = { settings, health: openHealth(), closing, say, onProgress: () => {} }
  const embedding = await openEmbedding(ground, telemetry)
  return { ...(await openStore(ground, embedding)), telemetry, closing, ground }
}

/** Reads the whole log into the store of the place, as a tracker does that nobody has heard of. Resolves with the store
 *  when it is done; the tracker goes on. */
export async function replayWholeLog(place: Place, whenOver: WhenOver): Promise<Store> {
  const settings = settingsAt(place)
  const { closing, telemetry, ...ground } = await opened(settings, whenOver)
  const { log, topics, store, contract } = ground
  const tracker = await startTracker({
    ...ground,
    shape: contract.shape,
    bounds: boundsOf(settings),
    weights: settings.EVENT_WEIGHTS,
    trendingHalfLifeMs: settings.TRENDING_HALF_LIFE * 1_000,
    trendingBy: settings.TRENDING_BY,
    recentUsers: settings.RECENT_USERS,
    attributionWindowMs: settings.ATTRIBUTION_WINDOW * 1_000,
    groupPrefix: `replay-${randomUUID()}`,
    say: trackerTelemetry(telemetry),
    now: Date.now,
  })
  closing.add(() => tracker.close())
  const written = async () => [...(await log.endOffsets(topics.events))]
  const applied = async () => {
    const states = (await store.readPartitions()).filter(({ topic }) => topic === topics.events)
    return states.map(({ partition, position }) => [partition, position]).sort(([a], [b]) => a! - b!)
  }
  await expect
    .poll(async () => JSON.stringify(await applied()) === JSON.stringify(await written()), {
      timeout: 30_000,
      interval: 50,
    })
    .toBe(true)
  return store
}
