import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { itemHash } from '../../libs/interest/seen-items.ts'
import type { MixedScores } from '../../libs/learning/mixed-scores.ts'
import type { Memory } from '../../libs/learning/model-sources.ts'
import type { Past } from '../../libs/learning/past.ts'
import { decodeServed, learnedItems, learnedScores } from '../../libs/learning/served-model.ts'
import type { ModelStore } from '../../libs/store/model-store.ts'

/** The learned model that serves, as of the last look. It is taken up whole: an answer rests on one model only. */
export interface ModelView {
  /** undefined: none serves. */
  current(): LiveModel | undefined
  /** Takes up what was promoted since the last call. */
  follow(): Promise<void>
}

export interface LiveModel {
  readonly id: string
  /** By item number. */
  readonly itemIds: readonly string[]
  /** undefined for an item that it does not rank. */
  numberOf(itemId: string): number | undefined
  /** Whether it knows what goes with the item. */
  learnedWith(itemId: string): boolean
  /** The same by `itemHash`. */
  numberOfHash(hash: number): number | undefined
  /** What interests count beside it, 0 to 1. */
  readonly interestsCount: number
  /** By item number. */
  scoresOf(past: Past): MixedScores
}

export interface ModelTelemetry {
  modelTakenUp(facts: { id: string | undefined; items: number }): void
  /** What serves goes on serving. */
  modelRefused(facts: { id: string; error: unknown }): void
}

export function modelView(
  store: Pick<ModelStore, 'readModel' | 'readPromotions'>,
  memory: Memory,
  say: ModelTelemetry,
): ModelView {
  let live: LiveModel | undefined
  /** The promotion looked at last, whatever came of it: one that cannot be read is not read again every moment. */
  let looked: string | undefined

  async function takeUp(id: string): Promise<LiveModel | undefined> {
    const bytes = await store.readModel(id)
    if (bytes === undefined) return undefined
    const served = decodeServed(bytes)
    const had = learnedItems(served)
    const numbers = new Map(served.itemIds.map((itemId, number) => [itemId, number]))
    const byHash = new Map(served.itemIds.map((itemId, number) => [itemHash(itemId), number]))
    return {
      id,
      itemIds: served.itemIds,
      numberOf: (itemId) => numbers.get(itemId),
      learnedWith: (itemId) => (numbers.get(itemId) ?? had) < had,
      numberOfHash: (hash) => byHash.get(hash),
      interestsCount: served.interestsCount ?? 1,
      scoresOf: learnedScores(served, memory),
    }
  }

  return {
    current: () => live,
    async follow() {
      const [id] = await store.readPromotions()
      if (id === looked) return
      try {
        live = id === undefined ? undefined : await takeUp(id)
        say.modelTakenUp({ id: live?.id, items: live?.itemIds.length ?? 0 })
        looked = id
      } catch (error) {
        if (!isHalflifeError(error, 'HL_STORE_CORRUPT')) throw error
        say.modelRefused({ id: id!, error })
        looked = id
      }
    },
  }
}
