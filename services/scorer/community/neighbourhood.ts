import { decay } from '../../../libs/interest/decay.ts'
import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { DurationMs, EpochMs } from '../../../libs/interest/time.ts'
import type { UserState } from '../../../libs/interest/user-state.ts'
import { norm, normalized } from '../../../libs/interest/vector.ts'
import { type ScoreWeights, type Taste, tasteAt } from '../../../libs/ranking/taste.ts'
import { vectorIndex } from '../../../libs/retrieval/vector-index.ts'
import type { CommunityPart } from './community-view.ts'

export interface Neighbour {
  readonly userId: string
  /** Cosine of the tastes, −1 to 1. */
  readonly likeness: number
  readonly wants: Wants
}

/** What somebody chose lately. */
export interface Wants {
  readonly itemIds: readonly string[]
  /** Of each, as it stood at `asOfMs`. */
  readonly weights: Float64Array
  /** Of the newest. */
  readonly asOfMs: EpochMs
}

/** Of each member so many of the newest events. */
const NEWEST = 20

/** An index over the tastes of the recently active. A taste is what they would be searched for by: the timescales blended
 *  as they stood at the newest event, all spaces in one unit vector. */
export interface Neighbourhood extends CommunityPart {
  /** The `count` members whose taste is nearest, nearest first. */
  near(taste: Taste, count: number): Neighbour[]
}

/** @param halfLifeMs in which what somebody chose counts half */
export function neighbourhood(
  shape: InterestShape,
  weights: ScoreWeights,
  halfLifeMs: DurationMs,
): Neighbourhood {
  const dimensions = shape.spaces.reduce((sum, { dimension }) => sum + dimension, 0)
  const index = vectorIndex(dimensions)
  const wantsOf = new Map<string, Wants>()

  function joined({ queries }: Taste): Float32Array {
    const vector = new Float32Array(dimensions)
    let start = 0
    for (const { name, dimension } of shape.spaces) {
      const query = queries.get(name)
      if (query !== undefined) vector.set(query, start)
      start += dimension
    }
    return normalized(vector)
  }

  function remove(userId: string): void {
    index.remove(userId)
    wantsOf.delete(userId)
  }

  /** Fading is done here as far as it goes without knowing the moment. */
  function wantsIn({ remembered, interest: { asOfMs } }: UserState): Wants {
    const newest = remembered.events.slice(0, NEWEST)
    const weightAt = (n: number) => newest[n]!.weight * decay(asOfMs - newest[n]!.occurredAtMs, halfLifeMs)
    return {
      itemIds: newest.map(({ itemId }) => itemId),
      weights: Float64Array.from(newest.keys(), weightAt),
      asOfMs,
    }
  }

  return {
    put({ userId, state }) {
      const { interest } = state
      const vector = joined(tasteAt(interest, shape, weights, interest.asOfMs))
      // Whoever has no direction is near to nobody.
      if (norm(vector) === 0) return remove(userId)
      index.put(userId, vector)
      index.follow()
      wantsOf.set(userId, wantsIn(state))
    },
    remove,
    near(taste, count) {
      return index.search(joined(taste), count).map(({ itemId: userId, score }) => {
        return { userId, likeness: score, wants: wantsOf.get(userId)! }
      })
    },
  }
}
