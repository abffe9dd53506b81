import type { RememberedEvent } from '../interest/remembered-event.ts'
import type { Scored } from './rank.ts'

/** What one source of candidates thinks of every item of the catalog, for one request.
 *
 *  Sources measure in units of their own (a dot product, a decayed count, a regression). They are mixed as standard
 *  scores over the whole catalog, `(scoreOf(item) − mean) / deviation`, so that a weight means the same for each. */
export interface Preference {
  /** Mean of `scoreOf` over the whole catalog. */
  readonly mean: number
  /** Standard deviation of `scoreOf` over the whole catalog, above 0; infinite for a source that proposes and can tell no item
   *  from another: it has no say in the order. */
  readonly deviation: number
  /** The `limit` best of the items that `admits` lets through, best first, each with its `scoreOf`. */
  best(limit: number, admits: (itemId: string) => boolean): Scored[] | Promise<Scored[]>
  /** In the source's own unit; what the source knows nothing of has what ignorance means there, often 0. */
  scoreOf(itemId: string): number
  /** What each remembered event adds to `scoreOf(itemId)`, where the source is a sum over events. The difference to
   *  the score is what older events left. */
  sharesOf?(itemId: string): readonly EventShare[]
}

/** One that has nobody to ask. */
export interface PreferenceAtHand extends Preference {
  best(limit: number, admits: (itemId: string) => boolean): Scored[]
}

export interface EventShare {
  readonly event: RememberedEvent
  readonly share: number
}
