import { countsAt, type DecayedCounts } from '../../libs/interest/decayed-counts.ts'
import type { Scored } from '../../libs/ranking/rank.ts'
import type { InterestStore } from '../../libs/store/interest-store.ts'

/** What many people want now, over all partitions. */
export interface TrendingView {
  /** In no order. */
  at(nowMs: number): Scored[]
  refresh(): Promise<void>
}

/** What a single view has come to after ten half-lives: nobody would call it a trend. */
const FORGOTTEN = 2 ** -10

export function trendingView(store: InterestStore, halfLifeMs: number): TrendingView {
  let counts: DecayedCounts[] = []
  return {
    at(nowMs) {
      const scored = [...countsAt(counts, nowMs, halfLifeMs)].map(([itemId, score]) => ({ itemId, score }))
      return scored.filter(({ score }) => score > FORGOTTEN)
    },
    async refresh() {
      counts = (await store.readPartitions()).map((partition) => partition.trending)
    },
  }
}
