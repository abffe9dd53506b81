import { hadItems } from '../../../libs/learning/had-items.ts'
import type { Past } from '../../../libs/learning/past.ts'

/** @param chosen oldest first, each of weight 1 unless `weights` says otherwise */
export function pastOf(
  chosen: readonly number[],
  timesMs: readonly number[],
  nowMs: number,
  weights: readonly number[] = chosen.map(() => 1),
): Past {
  const [items, times] = [Int32Array.from(chosen), Float64Array.from(timesMs)]
  return { items, times, weights: Float32Array.from(weights), nowMs, had: hadItems(items, times) }
}
