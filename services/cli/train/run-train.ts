import { clean } from '../../../libs/evaluation/clean.ts'
import type { RawData } from '../../../libs/evaluation/history-data.ts'
import { learnModel } from '../../../libs/evaluation/learn.ts'
import { TEXT_SPACE } from '../../../libs/event/item-vectors.ts'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readLearning } from '../../../libs/scenario/follow-config.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import type { CatalogStore } from '../../../libs/store/catalog-store.ts'
import type { ModelRecord } from '../../../libs/store/model-store.ts'
import { type Brief, briefProcess } from '../../process/brief-process.ts'
import { memoryOf } from '../../process/contract.ts'
import { openEmbedding, openLog, openStore } from '../../process/substrate.ts'
import { readData } from '../evaluate/read-data.ts'
import { sayLeftOut } from '../evaluate/say-left-out.ts'
import { liveModel, publishModel, trialSummary } from '../models/publish-model.ts'
import { readLog } from './read-log.ts'

export interface TrainFlags {
  readonly minCore: number
  readonly seed: number
  readonly keep: number
  readonly force: boolean
  readonly config?: string
}

/** Reads, learns, tries, publishes. @throws HL_CONFIG, HL_DATA, HL_IMPORT, HL_MODEL_WORSE and then nothing has changed */
export async function runTrain(what: string | undefined, flags: TrainFlags): Promise<void> {
  const settings = readSettings(process.env)
  const learning = await readLearning(configFile(flags.config ?? settings.CONFIG_FILE))
  await briefProcess('train', settings, async (brief) => {
    const dataset = clean(await historyFrom(what, brief), { ...flags, unhad: true })
    sayLeftOut(dataset, brief.progress)
    const { store } = await openStore(brief.ground, await openEmbedding(brief.ground, brief.telemetry))
    const learned = await learnModel(dataset, {
      live: await liveModel(store),
      memory: memoryOf(settings),
      texts: await textVectors(store, dataset.itemIds),
      learning,
      seed: flags.seed,
      onStep: (step, done, total) => brief.progress.report({ step, done, total }),
    })
    brief.progress.finish()
    const { events, users, items } = dataset.report
    const { served, ...facts } = learned
    const publishing = { store, nowMs: Date.now(), keep: flags.keep, force: flags.force }
    const model = await publishModel(served, { ...facts, events, users, items }, publishing)
    process.stdout.write(summary(model))
  })
}

async function historyFrom(what: string | undefined, { ground, progress }: Brief): Promise<RawData> {
  if (what !== undefined) return readData(what, ground.settings)
  return readLog(await openLog(ground), ground.settings.EVENT_WEIGHTS, progress)
}

const ITEMS_AT_ONCE = 1_000

/** As the catalog has them: no text is embedded for this. */
async function textVectors(
  store: CatalogStore,
  itemIds: readonly string[],
): Promise<(Float32Array | undefined)[]> {
  const vectors: (Float32Array | undefined)[] = []
  for (let from = 0; from < itemIds.length; from += ITEMS_AT_ONCE) {
    const stored = await store.readItems(itemIds.slice(from, from + ITEMS_AT_ONCE))
    for (const each of stored) vectors.push(each?.vectors.get(TEXT_SPACE))
  }
  return vectors
}

function summary(model: ModelRecord): string {
  const { id, events, users, items, bytes } = model
  const [e, u, i] = [events, users, items].map((count) => count.toLocaleString('en'))
  const learned = `${id}: learned from ${e} events of ${u} users with ${i} items, ${(bytes / 1e6).toFixed(1)} MB`
  return `${learned}\n${trialSummary(model)}\n`
}
