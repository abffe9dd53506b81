import { setTimeout as pause } from 'node:timers/promises'
import { isOver, nextGeneration } from '../../../libs/store/generation.ts'
import { closingList } from '../../../libs/telemetry/orderly-shutdown.ts'
import type { Brief } from '../../process/brief-process.ts'
import { contractOf } from '../../process/contract.ts'
import { addTracker } from '../../process/start-roles.ts'
import {
  type OpenLog,
  type OpenStore,
  openEmbedding,
  openGenerations,
  openLog,
  openStore,
} from '../../process/substrate.ts'
import { trackerTelemetry } from '../../tracker/tracker-telemetry.ts'
import { type RebuildTelemetry, rebuildTelemetry } from './rebuild-telemetry.ts'

export interface RebuildSummary {
  readonly generation: string
  /** Records of the log that it was built of. */
  readonly events: number
  readonly catalog: number
  readonly removed: readonly string[]
}

const LOOK_AGAIN_MS = 100
/** Switched over is as soon as what the log holds at one moment is applied within so long after it. */
const LAG_MS = 1_000

/** Builds the next generation of the store from the whole log, under the settings at hand, and makes it the live one. A
 *  tracker of its own fills it, with positions of its own, so an interrupted rebuild goes on where it was; the live
 *  generation and its trackers are not touched. @param keepMs how long what was live is kept for those who still read it
 *  @throws HL_STORE_SWITCHED when another rebuild has switched over meanwhile */
export async function rebuild(brief: Brief, keepMs: number): Promise<RebuildSummary> {
  const { ground, telemetry, progress } = brief
  const { settings } = ground
  const say = rebuildTelemetry(telemetry)
  const embedding = await openEmbedding(ground, telemetry)
  const log = await openLog(ground)
  const generations = await openGenerations(ground)
  const live = await generations.live()
  const next = nextGeneration(live, contractOf(settings, embedding.embedder))
  say.began({ live, next })
  const opened = { ...log, ...(await openStore(ground, embedding, next)) }
  const advanced = (step: Parameters<RebuildTelemetry['advanced']>[0]) => {
    progress.report(step)
    say.advanced(step)
  }
  const { items, users, events: eventsTopic } = log.topics
  const building = closingList()
  ground.closing.add(building.closeAll)
  let catalog = 0
  await addTracker(settings, building, opened, trackerTelemetry(telemetry), {
    groupPrefix: `${settings.TOPIC_PREFIX}-rebuild-${next}`,
    async beforeEvents() {
      catalog = await catchUp('Rebuilding the catalog', [items, users], opened, advanced)
    },
  })
  const events = await catchUp('Rebuilding users', [eventsTopic], opened, advanced)
  await generations.switchOver(live, next)
  say.switchedOver({ live: next, before: live })
  progress.finish()
  await building.closeAll()
  await pause(keepMs)
  const removed = await generations.remove((generation) => isOver(generation, next))
  say.removed({ generations: removed })
  return { generation: next, events, catalog, removed }
}

/** Removes what interrupted rebuilds have left behind, and what was live before. */
export async function abandonRebuilds({ ground, telemetry }: Brief): Promise<readonly string[]> {
  const generations = await openGenerations(ground)
  const live = await generations.live()
  const removed = await generations.remove((generation) => generation !== live)
  rebuildTelemetry(telemetry).removed({ generations: removed })
  return removed
}

/** Resolves when the store is hardly behind these topics, with the number of their records. */
async function catchUp(
  step: string,
  topics: readonly string[],
  { log, store }: OpenLog & OpenStore,
  report: RebuildTelemetry['advanced'],
): Promise<number> {
  for (;;) {
    const askedMs = performance.now()
    const ends = (await Promise.all(topics.map((topic) => log.endOffsets(topic)))).flatMap((offsets, index) =>
      [...offsets].map(([partition, end]) => ({ topic: topics[index]!, partition, end })),
    )
    const total = ends.reduce((sum, { end }) => sum + end, 0)
    for (;;) {
      const states = await store.readPartitions()
      const done = ends.reduce((sum, { topic, partition, end }) => {
        const state = states.find((each) => each.topic === topic && each.partition === partition)
        return sum + Math.min(end, state?.position ?? 0)
      }, 0)
      report({ step, done, total })
      if (done === total) break
      await pause(LOOK_AGAIN_MS)
    }
    if (performance.now() - askedMs < LAG_MS) return total
  }
}
