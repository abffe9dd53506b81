import type { Embedder } from '../../libs/embedding/embedder.ts'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { itemHash } from '../../libs/interest/seen-items.ts'
import type { UserState } from '../../libs/interest/user-state.ts'
import { addScaled } from '../../libs/interest/vector.ts'
import { attributeScore } from '../../libs/ranking/attribute-score.ts'
import { firstLook } from '../../libs/ranking/first-look.ts'
import { rank, type Scored } from '../../libs/ranking/rank.ts'
import { type Reason, reasonOf } from '../../libs/ranking/reason.ts'
import { type ScoreWeights, type Taste, tasteAt } from '../../libs/ranking/taste.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'
import type { CatalogView } from './catalog-view.ts'
import { retrieve, scoredOver } from './retrieve.ts'
import type { TrendingView } from './trending-view.ts'

export interface RecommenderOptions {
  readonly store: InterestStore
  readonly catalog: CatalogView
  readonly trending: TrendingView
  readonly embedder: Embedder
  readonly shape: InterestShape
  readonly weights: ScoreWeights
  readonly now: () => number
}

/** What an answer rests on. */
export type Basis = 'interests' | 'trending' | 'first-look' | 'query' | 'similar' | 'vector'

export interface RankedItem extends Scored {
  readonly title: string
  readonly reason: Reason
}

export interface Ranking {
  readonly basis: Basis
  readonly items: readonly RankedItem[]
  /** When it was computed: reasons say how long ago things happened. */
  readonly nowMs: number
}

/** Ranks items for whoever asks. Every answer is computed from the state as it is at that moment. */
export interface Recommender {
  /** Items the user has not dealt with yet, from the whole catalog. */
  recommend(userId: string, limit: number): Promise<Ranking>
  /** Just these items, whether dealt with or not. */
  rankForUser(userId: string, itemIds: readonly string[], limit: number): Promise<Ranking>
  /** By a state that the caller made; nothing is stored. Without `itemIds`, from the whole catalog. */
  rankForState(state: UserState, itemIds: readonly string[] | undefined, limit: number): Ranking
  /** By a vector of one space. @throws HL_QUERY when space or dimension do not exist */
  rankForVector(
    space: string,
    vector: Float32Array,
    itemIds: readonly string[] | undefined,
    limit: number,
  ): Ranking
  /** By words, coloured a little by the user's interests. */
  search(query: string, userId: string | undefined, limit: number): Promise<Ranking>
  /** @throws HL_ITEM_UNKNOWN */
  similar(itemId: string, limit: number): Ranking
  trending(limit: number): Ranking
}

/** How much a user's interests say beside the words of their query. */
const INTERESTS_IN_SEARCH = 0.2

export function recommender(options: RecommenderOptions): Recommender {
  const { catalog, shape, now } = options
  const isAvailable = (itemId: string) => catalog.itemOf(itemId)?.available === true
  const titleOf = (itemId: string) => catalog.itemOf(itemId)?.title

  function unseenBy(state: UserState | undefined): (itemId: string) => boolean {
    const seen = new Set(state?.seen.map((item) => item.itemHash))
    return (itemId) => isAvailable(itemId) && !seen.has(itemHash(itemId))
  }

  async function stateOf(userId: string): Promise<UserState | undefined> {
    const [stored] = await options.store.readUsers([userId])
    return stored?.state
  }

  function explained(scored: readonly Scored[], reasonFor: (itemId: string) => Reason): RankedItem[] {
    return scored.map((item) => ({
      ...item,
      title: titleOf(item.itemId) ?? '',
      reason: reasonFor(item.itemId),
    }))
  }

  function forTaste(
    state: UserState,
    itemIds: readonly string[] | undefined,
    limit: number,
    nowMs: number,
  ): Ranking {
    const taste = tasteAt(state.interest, shape, options.weights, nowMs)
    const scored = page(taste.queries, itemIds, unseenBy(state), limit)
    const items = explained(scored, (itemId) => {
      const vectors = catalog.vectorsOf(itemId)!
      const { interest, remembered } = state
      return reasonOf(attributeScore(taste, interest, shape, remembered, catalog.vectorsOf, vectors), titleOf)
    })
    return { basis: 'interests', items, nowMs }
  }

  /** Supplied items are all ranked; the whole catalog is searched for those admitted. */
  function page(
    queries: Taste['queries'],
    itemIds: readonly string[] | undefined,
    admits: (itemId: string) => boolean,
    limit: number,
  ): Scored[] {
    if (itemIds === undefined) return retrieve(queries, catalog, admits, limit)
    return rank(scoredOver(new Set(itemIds), queries, catalog), () => true, limit)
  }

  /** For somebody without interests: what many want, and when that is little, one of everything. */
  function forStranger(userId: string, state: UserState | undefined, limit: number, nowMs: number): Ranking {
    const admits = unseenBy(state)
    const wanted = rank(options.trending.at(nowMs), admits, limit)
    const chosen = new Set(wanted.map((item) => item.itemId))
    const others = [...catalog.items()].filter((item) => admits(item.itemId) && !chosen.has(item.itemId))
    const rest = firstLook(others, userId, limit - wanted.length).map((itemId) => ({ itemId, score: 0 }))
    const items = explained([...wanted, ...rest], (itemId) => ({
      kind: chosen.has(itemId) ? 'trending' : 'first-look',
    }))
    return { basis: wanted.length > 0 ? 'trending' : 'first-look', items, nowMs }
  }

  return {
    async recommend(userId, limit) {
      const state = await stateOf(userId)
      if (!hasInterest(state)) return forStranger(userId, state, limit, now())
      return forTaste(state, undefined, limit, now())
    },
    async rankForUser(userId, itemIds, limit) {
      const state = await stateOf(userId)
      if (hasInterest(state)) return forTaste(state, itemIds, limit, now())
      const popularity = new Map(options.trending.at(now()).map((item) => [item.itemId, item.score]))
      const known = [...new Set(itemIds)].filter((itemId) => catalog.itemOf(itemId) !== undefined)
      const scored = known.map((itemId) => ({ itemId, score: popularity.get(itemId) ?? 0 }))
      const items = explained(
        rank(scored, () => true, limit),
        () => ({ kind: 'trending' }),
      )
      return { basis: 'trending', items, nowMs: now() }
    },
    rankForState(state, itemIds, limit) {
      if (itemIds === undefined && !hasInterest(state)) return forStranger('', state, limit, now())
      return forTaste(state, itemIds, limit, now())
    },
    rankForVector(space, vector, itemIds, limit) {
      const dimension = shape.spaces.find((candidate) => candidate.name === space)?.dimension
      if (dimension !== vector.length) {
        const detail = `space ${JSON.stringify(space)} has ${dimension ?? 'no'} dimensions, the vector ${vector.length}`
        throw new HalflifeError('HL_QUERY', detail)
      }
      const scored = page(new Map([[space, vector]]), itemIds, isAvailable, limit)
      return { basis: 'vector', items: explained(scored, () => ({ kind: 'supplied' })), nowMs: now() }
    },
    async search(query, userId, limit) {
      const [embedded] = await options.embedder.embed([query])
      const state = userId === undefined ? undefined : await stateOf(userId)
      const queries = new Map<string, Float32Array>()
      if (hasInterest(state)) {
        const taste = tasteAt(state.interest, shape, options.weights, now())
        for (const [space, vector] of taste.queries)
          queries.set(
            space,
            vector.map((x) => x * INTERESTS_IN_SEARCH),
          )
      }
      const words = queries.get(TEXT_SPACE) ?? new Float32Array(embedded!.length)
      addScaled(words, 0, embedded!, 1)
      queries.set(TEXT_SPACE, words)
      const scored = retrieve(queries, catalog, unseenBy(state), limit)
      return { basis: 'query', items: explained(scored, () => ({ kind: 'query' })), nowMs: now() }
    },
    similar(itemId, limit) {
      const vectors = catalog.vectorsOf(itemId)
      if (vectors === undefined)
        throw new HalflifeError('HL_ITEM_UNKNOWN', `item ${itemId} is not in the catalog`)
      const queries = new Map([...vectors].map(([space, vector]) => [space, vector.slice()]))
      const others = (candidate: string) => candidate !== itemId && isAvailable(candidate)
      const scored = retrieve(queries, catalog, others, limit)
      return { basis: 'similar', items: explained(scored, () => ({ kind: 'similar' })), nowMs: now() }
    },
    trending(limit) {
      const scored = rank(options.trending.at(now()), isAvailable, limit)
      return { basis: 'trending', items: explained(scored, () => ({ kind: 'trending' })), nowMs: now() }
    },
  }
}

function hasInterest(state: UserState | undefined): state is UserState {
  return state !== undefined && state.remembered.length > 0
}
