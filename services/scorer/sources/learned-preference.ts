import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import type { EpochMs } from '../../../libs/interest/time.ts'
import type { Past } from '../../../libs/learning/past.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { LiveModel } from '../model-view.ts'

export type Chosen = Pick<RememberedEvent, 'itemId' | 'occurredAtMs' | 'weight'>

/** What the learned model makes of what was chosen, by item of the catalog; undefined where it knows nothing of it.
 *  @param chosen newest first */
export function learnedScores(
  model: LiveModel,
  chosen: readonly Chosen[],
  catalog: CatalogView,
  nowMs: EpochMs,
): Map<string, number> | undefined {
  const past = pastOf(model, chosen, nowMs)
  if (past === undefined) return undefined
  const scores = new Map<string, number>()
  for (const [item, score] of model.scoresOf(past).entries()) {
    const itemId = model.itemIds[item]!
    if (catalog.itemOf(itemId) !== undefined) scores.set(itemId, score)
  }
  return scores
}

/** In the model's numbers, oldest first, without what it was not learned with and what was not liked. */
function pastOf(model: LiveModel, chosen: readonly Chosen[], nowMs: EpochMs): Past | undefined {
  const known = chosen.flatMap(({ itemId, occurredAtMs, weight }) => {
    const item = model.numberOf(itemId)
    return item === undefined || weight <= 0 ? [] : [{ item, occurredAtMs, weight }]
  })
  if (known.length === 0) return undefined
  known.reverse()
  return {
    items: Int32Array.from(known, ({ item }) => item),
    times: Float64Array.from(known, ({ occurredAtMs }) => occurredAtMs),
    weights: Float32Array.from(known, ({ weight }) => weight),
    nowMs,
  }
}
