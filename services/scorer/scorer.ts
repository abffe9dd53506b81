import type { FastifyInstance } from 'fastify'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../libs/interest/user-state.ts'
import type { ScoreWeights } from '../../libs/ranking/taste.ts'
import type { Store } from '../../libs/store/store.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'
import { catalogView } from './catalog-view.ts'
import { exportRoutes } from './export-routes.ts'
import { privateHistory } from './private-history.ts'
import { recommender } from './recommender.ts'
import { scorerRoutes } from './scorer-routes.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'
import { trendingView } from './trending-view.ts'

export interface ScorerOptions {
  readonly store: Store
  readonly embedder: Embedder
  readonly shape: InterestShape
  readonly bounds: UserBounds
  readonly eventWeights: EventWeights
  readonly scoreWeights: ScoreWeights
  readonly trendingHalfLifeMs: number
  readonly degraded: string | undefined
  readonly say: ScorerTelemetry
  readonly now: () => number
}

/** A changed item is ranked anew within this time, and a trend seen. */
const FOLLOW_MS = 250

/** Loads the catalog, then answers on `app` and follows the store until closed. @throws HL_STORE_UNAVAILABLE */
export async function startScorer(app: FastifyInstance, options: ScorerOptions): Promise<{ close(): void }> {
  const { store, shape, say, now } = options
  const catalog = catalogView(store, shape.spaces)
  const trending = trendingView(store, options.trendingHalfLifeMs)
  const refresh = async () => {
    const changed = await catalog.followChanges()
    await trending.refresh()
    say.catalogFollowed({ changed, size: catalog.size })
  }
  await refresh()
  const following = repeatEvery(FOLLOW_MS, refresh, say.refreshFailed)
  const recommend = recommender({ ...options, catalog, trending, weights: options.scoreWeights })
  const history = privateHistory({ ...options, catalog, weights: options.eventWeights })
  const { degraded } = options
  await app.register(scorerRoutes, {
    recommender: recommend,
    history,
    catalog,
    store,
    shape,
    say,
    now,
    degraded,
  })
  await app.register(exportRoutes, { store, catalog, shape, now })
  return { close: following.stop }
}
