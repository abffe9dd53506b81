import type { UserState } from '../../../libs/interest/user-state.ts'
import type { Past } from '../../../libs/learning/past.ts'
import type { Preference } from '../../../libs/ranking/preference.ts'
import { sparsePreference } from '../../../libs/ranking/sparse-preference.ts'
import type { CatalogView } from '../catalog-view.ts'
import type { LiveModel } from '../model-view.ts'

/** What the learned model prefers for somebody with this past; undefined where it knows nothing that they did.
 *  Items that it was not learned with have its mean: it has no opinion of them. */
export function learnedPreference(
  model: LiveModel,
  state: UserState,
  catalog: CatalogView,
  nowMs: number,
): Preference | undefined {
  const past = pastOf(model, state, nowMs)
  if (past === undefined) return undefined
  const scores = new Map<string, number>()
  for (const [item, score] of model.scoresOf(past).entries()) {
    const itemId = model.itemIds[item]!
    if (catalog.itemOf(itemId) !== undefined) scores.set(itemId, score)
  }
  return sparsePreference(scores, catalog.size)
}

/** What is remembered of a user, in the model's numbers, oldest first. */
function pastOf(model: LiveModel, { remembered }: UserState, nowMs: number): Past | undefined {
  const known = remembered.flatMap(({ itemId, occurredAtMs, weight }) => {
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
