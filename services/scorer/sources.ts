import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { DurationMs } from '../../libs/interest/time.ts'
import type { CatalogView } from './catalog-view.ts'
import type { Community } from './community/community.ts'
import type { ModelView } from './model-view.ts'
import type { Source } from './source.ts'
import { freshSource } from './sources/fresh-source.ts'
import { interestsSource } from './sources/interests-source.ts'
import { itemItemSource } from './sources/item-item-source.ts'
import { nearnessSources } from './sources/nearness-sources.ts'
import { neighborsSource } from './sources/neighbors-source.ts'
import { suppliedSource } from './sources/supplied-source.ts'
import { trendingSource } from './sources/trending-source.ts'
import type { TrendingView } from './trending-view.ts'

/** All sources of candidates. A scenario names those that it wants to hear. */
export function openSources(options: {
  readonly catalog: CatalogView
  readonly trending: TrendingView
  readonly community: Pick<Community, 'together' | 'neighbours'>
  readonly models: Pick<ModelView, 'current'>
  readonly shape: InterestShape
  readonly trendingHalfLifeMs: DurationMs
  readonly trendingBy: readonly string[]
}): Source[] {
  const { catalog, trending, community, models, shape, trendingHalfLifeMs } = options
  return [
    interestsSource(catalog, shape, models),
    itemItemSource(models, community.together, catalog, shape),
    neighborsSource(community.neighbours, catalog, trendingHalfLifeMs),
    trendingSource(trending, options.trendingBy),
    ...nearnessSources(catalog),
    suppliedSource(catalog),
    freshSource(catalog, trending),
  ]
}
