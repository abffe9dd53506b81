import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { type SeenItem, seenKind } from '../../../libs/interest/seen-items.ts'
import type { EpochMs } from '../../../libs/interest/time.ts'
import type { HadItems } from '../../../libs/learning/had-items.ts'
import type { Past } from '../../../libs/learning/past.ts'
import type { SparseScores } from '../../../libs/ranking/sparse-preference.ts'
import type { LiveModel } from '../model-view.ts'

export type Chosen = Pick<RememberedEvent, 'itemId' | 'occurredAtMs' | 'weight'>

export interface LearnedPreference {
  readonly scores: SparseScores
  /** What each of those chosen adds to the score of an item: the places of `chosen`, with their shares. */
  sharing(): (itemId: string) => readonly { readonly place: number; readonly share: number }[]
}

/** What a learned model is asked about. */
export interface AskedOf {
  /** Newest first. */
  readonly chosen: readonly Chosen[]
  /** Last dealt with first. */
  readonly seen: readonly SeenItem[]
  readonly nowMs: EpochMs
}

/** What the learned model makes of what was chosen; undefined where it knows nothing of it.
 *  @param numbers of the model's items that are in the catalog */
export function learnedPreference(
  model: LiveModel,
  { chosen, seen, nowMs }: AskedOf,
  numbers: Int32Array,
): LearnedPreference | undefined {
  const places = knownTo(model, chosen)
  if (places.length === 0) return undefined
  const known = places.map((place) => chosen[place]!)
  const learned = model.scoresOf(pastOf(model, known, seen, nowMs))
  const scores = learned.scores.slice()
  const scoreOf = (itemId: string) => scores[model.numberOf(itemId) ?? -1] ?? 0
  return {
    scores: { scores, itemIds: model.itemIds, numbers, scoreOf },
    sharing() {
      const sharesOf = learned.sharing()
      return (itemId) => {
        const item = model.numberOf(itemId)
        if (item === undefined) return []
        const shares = sharesOf(item)
        return places.map((place, p) => ({ place, share: shares[p]! }))
      }
    },
  }
}

/** Places of those that the model was learned with and that were liked, oldest first. */
function knownTo(model: LiveModel, chosen: readonly Chosen[]): number[] {
  const places = [...chosen.keys()].filter((place) => {
    const { itemId, weight } = chosen[place]!
    return weight > 0 && model.learnedWith(itemId)
  })
  return places.reverse()
}

/** In the model's numbers. */
function pastOf(model: LiveModel, known: readonly Chosen[], seen: readonly SeenItem[], nowMs: EpochMs): Past {
  return {
    items: Int32Array.from(known, ({ itemId }) => model.numberOf(itemId)!),
    times: Float64Array.from(known, ({ occurredAtMs }) => occurredAtMs),
    weights: Float32Array.from(known, ({ weight }) => weight),
    nowMs,
    had: hadOf(model, seen),
  }
}

function hadOf(model: LiveModel, seen: readonly SeenItem[]): HadItems {
  const had = seen.flatMap(({ itemHash, lastSeconds, kinds, times }) => {
    const item = model.numberOfHash(itemHash)
    // A state from before times were counted knows of one.
    const counted = Math.max(times, kinds & seenKind.positive)
    return item === undefined || counted === 0 ? [] : [{ item, lastSeconds, times: counted }]
  })
  return {
    items: Int32Array.from(had, ({ item }) => item),
    lastSeconds: Float64Array.from(had, ({ lastSeconds }) => lastSeconds),
    times: Uint8Array.from(had, ({ times }) => times),
  }
}
