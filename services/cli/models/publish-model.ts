import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { EpochMs } from '../../../libs/interest/time.ts'
import { decodeServed, encodeServed, type ServedModel } from '../../../libs/learning/served-model.ts'
import type { ModelRecord, ModelStore, ModelTrial } from '../../../libs/store/model-store.ts'

export interface LiveModel {
  readonly id: string
  readonly served: ServedModel
  readonly learnedUntilMs: EpochMs
}

/** The model that serves. @throws HL_STORE_CORRUPT */
export async function liveModel(store: ModelStore): Promise<LiveModel | undefined> {
  const [id] = await store.readPromotions()
  if (id === undefined) return undefined
  const record = (await store.readModels()).find((model) => model.id === id)
  const bytes = await store.readModel(id)
  return record && bytes && { id, served: decodeServed(bytes), learnedUntilMs: record.learnedUntilMs }
}

export interface PublishOptions {
  readonly store: ModelStore
  readonly nowMs: EpochMs
  /** Models kept in the store, the newest. */
  readonly keep: number
  /** Promote the model even if it ranks worse than the one that serves. */
  readonly force: boolean
}

/** Puts a model into the store and lets it serve. @throws HL_MODEL_WORSE and then nothing has changed */
export async function publishModel(
  served: ServedModel,
  facts: Omit<ModelRecord, 'id' | 'createdAtMs' | 'bytes'>,
  { store, nowMs, keep, force }: PublishOptions,
): Promise<ModelRecord> {
  if (isWorse(facts.trial) && !force) throw worse(facts.trial!)
  const bytes = encodeServed(served)
  const id = new Date(nowMs).toISOString().replace(/[-:.]/g, '')
  const model: ModelRecord = { id, createdAtMs: nowMs, bytes: bytes.length, ...facts }
  await store.writeModel(model, bytes)
  await store.promoteModel(id)
  await dropOld(store, keep)
  return model
}

/** What a trial came to, for people. */
export function trialSummary({ trial }: ModelRecord): string {
  if (trial === undefined) return 'too little new history to try it on; it serves'
  const asked = `NDCG@10 ${trial.ndcg.toFixed(4)} on ${trial.cases.toLocaleString('en')} questions of the newest history`
  const against = trial.live === undefined ? '' : `, ${trial.live.ndcg.toFixed(4)} by ${trial.live.id}`
  const text = trial.interests === undefined ? '' : `, ${trial.interests.toFixed(4)} by texts alone`
  return `${asked}${against}${text}; it serves`
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
