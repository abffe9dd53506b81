import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { CatalogView } from './catalog-view.ts'
import type { Source } from './source.ts'
import { freshSource } from './sources/fresh-source.ts'
import { interestsSource } from './sources/interests-source.ts'
import { nearnessSources } from './sources/nearness-sources.ts'
import { suppliedSource } from './sources/supplied-source.ts'
import { trendingSource } from './sources/trending-source.ts'
import type { TrendingView } from './trending-view.ts'

/** All sources of candidates. A scenario names those that it wants to hear. */
export function openSources(options: {
  readonly catalog: CatalogView
  readonly trending: TrendingView
  readonly shape: InterestShape
}): Source[] {
  const { catalog, trending, shape } = options
  return [
    interestsSource(catalog, shape),
    trendingSource(trending),
    ...nearnessSources(catalog),
    suppliedSource(catalog),
    freshSource(catalog, trending),
  ]
}
