import type { EventShare, PreferenceAtHand } from './preference.ts'
import { bestFirst } from './rank.ts'

/** Two preferences as one, each in standard deviations, as sources are mixed: `a / σ_a + factor · b / σ_b`. It proposes what
 *  either proposes. undefined where they undo each other.
 *  @param product mean of `a.scoreOf · b.scoreOf` over the whole catalog */
export function summedPreference(
  a: PreferenceAtHand,
  b: PreferenceAtHand,
  factor: number,
  product: number,
): PreferenceAtHand | undefined {
  const scales = [1 / a.deviation, factor / b.deviation] as const
  const covariance = (product - a.mean * b.mean) / (a.deviation * b.deviation)
  const variance = 1 + factor * factor + 2 * factor * covariance
  if (!(variance > 1e-9)) return undefined
  const scoreOf = (itemId: string) => scales[0] * a.scoreOf(itemId) + scales[1] * b.scoreOf(itemId)
  const scaled = (shares: readonly EventShare[] = [], scale: number) => {
    return shares.map(({ event, share }) => ({ event, share: share * scale }))
  }
  return {
    mean: scales[0] * a.mean + scales[1] * b.mean,
    deviation: Math.sqrt(variance),
    scoreOf,
    best(limit, admits) {
      const found = [...a.best(limit, admits), ...b.best(limit, admits)]
      const itemIds = new Set(found.map(({ itemId }) => itemId))
      const scored = Array.from(itemIds, (itemId) => ({ itemId, score: scoreOf(itemId) }))
      return scored.sort(bestFirst).slice(0, limit)
    },
    sharesOf: (itemId) => [
      ...scaled(a.sharesOf?.(itemId), scales[0]),
      ...scaled(b.sharesOf?.(itemId), scales[1]),
    ],
  }
}
