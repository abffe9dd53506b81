import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import type { DurationMs } from '../../../libs/interest/time.ts'
import type { ScoreWeights } from '../../../libs/ranking/taste.ts'
import { type CoOccurrence, coOccurrence } from '../../../libs/retrieval/co-occurrence.ts'
import type { InterestStore } from '../../../libs/store/interest-store.ts'
import type { ProfileStore } from '../../../libs/store/profile-store.ts'
import { type CommunityView, communityView } from './community-view.ts'
import { type Neighbourhood, neighbourhood } from './neighbourhood.ts'
import { type Segments, segments } from './segments.ts'

/** The recently active, and all that is made of them. */
export interface Community extends CommunityView {
  readonly together: CoOccurrence
  readonly neighbours: Neighbourhood
  readonly segments: Segments
}

export interface CommunityOptions {
  readonly store: Pick<InterestStore, 'readUsers'> & Pick<ProfileStore, 'readProfile'>
  readonly shape: InterestShape
  readonly scoreWeights: ScoreWeights
  /** Attributes whose values are segments. */
  readonly segmentBy: readonly string[]
  readonly trendingHalfLifeMs: DurationMs
}

export function openCommunity(options: CommunityOptions): Community {
  const { store, shape, scoreWeights, segmentBy, trendingHalfLifeMs } = options
  // What goes together changes as slowly as what somebody wants at all.
  const together = coOccurrence(Math.max(...shape.timescales.map(({ halfLifeMs }) => halfLifeMs)))
  const parts = {
    neighbours: neighbourhood(shape, scoreWeights, trendingHalfLifeMs),
    segments: segments(shape, segmentBy),
  }
  const counted = {
    put: ({ userId, state }: Parameters<Segments['put']>[0]) => together.put(userId, state.remembered.events),
    remove: together.remove,
  }
  const view = communityView(store, [counted, parts.neighbours, parts.segments])
  return {
    ...{ together, ...parts },
    follow: view.follow,
    get size() {
      return view.size
    },
  }
}
