import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { RememberedEvent } from '../../../libs/interest/remembered-event.ts'
import { norm, normalized } from '../../../libs/interest/vector.ts'
import { type ScoreWeights, type Taste, tasteAt } from '../../../libs/ranking/taste.ts'
import { vectorIndex } from '../../../libs/retrieval/vector-index.ts'
import type { CommunityPart } from './community-view.ts'

export interface Neighbour {
  readonly userId: string
  /** Cosine of the tastes, −1 to 1. */
  readonly likeness: number
  /** Newest first. */
  readonly events: readonly RememberedEvent[]
}

/** An index over the tastes of the recently active. A taste is what they would be searched for by: the timescales blended
 *  as they stood at the newest event, all spaces in one unit vector. */
export interface Neighbourhood extends CommunityPart {
  /** The `count` members whose taste is nearest, nearest first. */
  near(taste: Taste, count: number): Neighbour[]
}

export function neighbourhood(shape: InterestShape, weights: ScoreWeights): Neighbourhood {
  const dimensions = shape.spaces.reduce((sum, { dimension }) => sum + dimension, 0)
  const index = vectorIndex(dimensions)
  const eventsOf = new Map<string, readonly RememberedEvent[]>()

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
    eventsOf.delete(userId)
  }

  return {
    put({ userId, state: { interest, remembered } }) {
      const vector = joined(tasteAt(interest, shape, weights, interest.asOfMs))
      // Whoever has no direction is near to nobody.
      if (norm(vector) === 0) return remove(userId)
      index.put(userId, vector)
      eventsOf.set(userId, remembered)
    },
    remove,
    near(taste, count) {
      return index.search(joined(taste), count).map(({ itemId: userId, score }) => {
        return { userId, likeness: score, events: eventsOf.get(userId)! }
      })
    },
  }
}
