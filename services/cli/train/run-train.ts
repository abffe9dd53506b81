import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { clean } from '../../../libs/evaluation/clean.ts'
import type { Dataset, RawData } from '../../../libs/evaluation/history-data.ts'
import { type Learned, type LearnOptions, learnModel } from '../../../libs/evaluation/learn.ts'
import { decodeServed, encodeServed } from '../../../libs/learning/served-model.ts'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readLearning } from '../../../libs/scenario/follow-config.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import type { ModelRecord, ModelStore, ModelTrial } from '../../../libs/store/model-store.ts'
import { type Brief, briefProcess } from '../../process/brief-process.ts'
import { memoryOf } from '../../process/contract.ts'
import { openEmbedding, openLog, openStore } from '../../process/substrate.ts'
import { readData } from '../evaluate/read-data.ts'
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
    const dataset = clean(await historyFrom(what, brief), flags)
    const { store } = await openStore(brief.ground, await openEmbedding(brief.ground, brief.telemetry))
    const learned = await learnModel(dataset, {
      live: await liveModel(store),
      memory: memoryOf(settings),
      learning,
      seed: flags.seed,
      onStep: (step, done, total) => brief.progress.report({ step, done, total }),
    })
    brief.progress.finish()
    if (isWorse(learned.trial) && !flags.force) throw worse(learned.trial!)
    const model = await publish(dataset, learned, store, Date.now())
    await dropOld(store, flags.keep)
    process.stdout.write(summary(model))
  })
}

async function historyFrom(what: string | undefined, { ground, progress }: Brief): Promise<RawData> {
  if (what !== undefined) return readData(what, ground.settings)
  return readLog(await openLog(ground), ground.settings.EVENT_WEIGHTS, progress)
}

async function liveModel(store: ModelStore): Promise<LearnOptions['live']> {
  const [id] = await store.readPromotions()
  if (id === undefined) return undefined
  const record = (await store.readModels()).find((model) => model.id === id)
  const bytes = await store.readModel(id)
  return record && bytes && { id, served: decodeServed(bytes), learnedUntilMs: record.learnedUntilMs }
}

function isWorse(trial: ModelTrial | undefined): boolean {
  return trial?.live !== undefined && trial.ndcg < trial.live.ndcg
}

function worse({ ndcg, live, cases }: ModelTrial): HalflifeError {
  const [own, other] = [ndcg.toFixed(4), live!.ndcg.toFixed(4)]
  const less = (100 * (1 - ndcg / live!.ndcg)).toFixed(1)
  const detail =
    `NDCG@10 ${own} on ${cases.toLocaleString('en')} questions of the newest history, and ${other} by ${live!.id}, ` +
    `which serves: ${less} % less. Nothing has changed; --force would promote it all the same`
  return new HalflifeError('HL_MODEL_WORSE', detail)
}

async function publish(
  { report }: Dataset,
  { served, learnedUntilMs, trial }: Learned,
  store: ModelStore,
  nowMs: number,
): Promise<ModelRecord> {
  const bytes = encodeServed(served)
  const model: ModelRecord = {
    id: new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, ''),
    createdAtMs: nowMs,
    learnedUntilMs,
    bytes: bytes.length,
    events: report.events,
    users: report.users,
    items: report.items,
    trial,
  }
  await store.writeModel(model, bytes)
  await store.promoteModel(model.id)
  return model
}

/** The model that serves is kept however old it is. */
async function dropOld(store: ModelStore, keep: number): Promise<void> {
  const [live] = await store.readPromotions()
  const models = await store.readModels()
  for (const { id } of models.slice(0, -keep)) {
    if (id === live) continue
    await store.demoteModel(id)
    await store.removeModel(id)
  }
}

function summary({ id, events, users, items, bytes, trial }: ModelRecord): string {
  const [e, u, i] = [events, users, items].map((count) => count.toLocaleString('en'))
  const learned = `${id}: learned from ${e} events of ${u} users with ${i} items, ${(bytes / 1e6).toFixed(1)} MB`
  if (trial === undefined) return `${learned}\ntoo little new history to try it on; it serves\n`
  const asked = `NDCG@10 ${trial.ndcg.toFixed(4)} on ${trial.cases.toLocaleString('en')} questions of the newest history`
  const against = trial.live === undefined ? '' : `, ${trial.live.ndcg.toFixed(4)} by ${trial.live.id}`
  return `${learned}\n${asked}${against}; it serves\n`
}
