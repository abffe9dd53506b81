import { setTimeout as pause } from 'node:timers/promises'
import { isOver, nextGeneration } from '../../../libs/store/generation.ts'
import type { InterestStore } from '../../../libs/store/interest-store.ts'
import { partitionName } from '../../../libs/store/partition-codec.ts'
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
import { catalogTracker } from '../../tracker/catalog-tracker.ts'
import { trackerTelemetry } from '../../tracker/tracker-telemetry.ts'
import { endsLeft } from '../ends-left.ts'
import { listedPart } from '../import/import-source.ts'
import { divisionBetween, type ExportedHistory, requireSameHistory } from './exported-history.ts'
import { type FeedContext, feedEvents, feedItems, requireWhole } from './feed-export.ts'
import { type RebuildTelemetry, rebuildTelemetry } from './rebuild-telemetry.ts'

export interface RebuildOptions {
  /** How long what was live is kept for those who still read it. */
  readonly keepMs: number
  /** What the log holds no longer. */
  readonly exported: ExportedHistory | undefined
  readonly onBroken: FeedContext['onBroken']
}

export interface RebuildSummary {
  readonly generation: string
  /** Lines of the export. */
  readonly exported: number
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
 *  generation and its trackers are not touched.
 *  @throws HL_STORE_SWITCHED when another rebuild has switched over meanwhile, HL_STORE_CONTRACT when an interrupted one was
 *  begun from another export */
export async function rebuild(
  brief: Brief,
  { keepMs, exported, onBroken }: RebuildOptions,
): Promise<RebuildSummary> {
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
  requireSameHistory(await opened.store.readPartitions(), log.topics.events, exported)
  const advanced = (step: Parameters<RebuildTelemetry['advanced']>[0]) => {
    progress.report(step)
    say.advanced(step)
  }
  const feeding = exported && { exported, store: opened.store, onBroken, report: advanced }
  const voice = trackerTelemetry(telemetry)
  if (feeding)
    await feedItems(catalogTracker({ ...opened, shape: opened.contract.shape, say: voice }), feeding)
  const { items, users, events: eventsTopic } = log.topics
  const building = closingList()
  ground.closing.add(building.closeAll)
  let catalog = 0
  await addTracker(settings, building, opened, voice, {
    groupPrefix: `${settings.TOPIC_PREFIX}-rebuild-${next}`,
    ...(exported && { isPassedOver: await divisionBetween(exported, log, settings.EVENT_WEIGHTS) }),
    async beforeEvents(tracker) {
      catalog = await catchUp('Rebuilding the catalog', [items, users], opened, advanced)
      if (!feeding) return
      // The log's own partitions are begun with it, and users whom it says to forget are forgotten.
      await tracker.startAt(eventsTopic, 0)
      await feedEvents(tracker, (userIds) => generations.forgottenAt(live, userIds), feeding)
    },
  })
  const events = await catchUp('Rebuilding users', [eventsTopic], opened, advanced)
  if (exported) await requireWhole(exported, opened.store)
  await generations.switchOver(live, next)
  say.switchedOver({ live: next, before: live })
  progress.finish()
  await building.closeAll()
  await pause(keepMs)
  const removed = await generations.remove((generation) => isOver(generation, next))
  say.removed({ generations: removed })
  const { items: itemLines, events: eventLines } = exported?.source ?? noLines
  return { generation: next, exported: itemLines.total + eventLines.total, events, catalog, removed }
}

const noLines = { items: listedPart<never>([]), events: listedPart<never>([]) }

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
  opened: OpenLog & OpenStore,
  report: RebuildTelemetry['advanced'],
): Promise<number> {
  for (;;) {
    const ends = (await Promise.all(topics.map((topic) => endsOf(topic, opened)))).flat()
    const askedMs = performance.now()
    const total = ends.reduce((sum, { end }) => sum + end, 0)
    for (;;) {
      const positionOf = await positions(opened.store)
      const done = ends.reduce((sum, { end, name }) => sum + Math.min(end, positionOf(name)), 0)
      report({ step, done, total })
      if (done === total) break
      await pause(LOOK_AGAIN_MS)
    }
    if (performance.now() - askedMs < LAG_MS) return total
  }
}

async function endsOf(topic: string, { log, store }: OpenLog & OpenStore) {
  const positionOf = await positions(store)
  const nameOf = (partition: number) => partitionName(topic, partition)
  const ends = await endsLeft(topic, (partition) => positionOf(nameOf(partition)), log)
  return [...ends].map(([partition, end]) => ({ name: nameOf(partition), end }))
}

async function positions(store: InterestStore): Promise<(name: string) => number> {
  const states = await store.readPartitions()
  const found = new Map(
    states.map(({ topic, partition, position }) => [partitionName(topic, partition), position]),
  )
  return (name) => found.get(name) ?? 0
}
