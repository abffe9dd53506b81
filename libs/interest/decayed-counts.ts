import type { DurationMs, EpochMs } from './time.ts'

/** Decayed sums of weight by item id: the mathematics of interest, without vectors.
 *
 *  Forward decay (Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009): a weight is kept as it would stand at a landmark,
 *  `w · 2^((t_e − L)/h)`, so an event changes its own item only. The landmark moves on behind the events. */
export interface DecayedCounts {
  /** 0 while empty. */
  landmarkMs: EpochMs
  readonly weights: Map<string, number>
}

/** How far events may be ahead of the landmark, in half-lives. A float64 would hold a thousand; but h is a setting, and weights
 *  that an earlier h has made larger than they are would outweigh all others until the one in force has made them fade. */
const LARGEST_EXPONENT = 1

export function emptyCounts(): DecayedCounts {
  return { landmarkMs: 0, weights: new Map() }
}

/** Folds one event in, whenever it happened. */
export function countEvent(
  counts: DecayedCounts,
  event: { itemId: string; weight: number; occurredAtMs: EpochMs },
  halfLifeMs: DurationMs,
): void {
  if (counts.landmarkMs === 0) counts.landmarkMs = event.occurredAtMs
  if ((event.occurredAtMs - counts.landmarkMs) / halfLifeMs > LARGEST_EXPONENT) {
    moveLandmark(counts, event.occurredAtMs, halfLifeMs)
  }
  const weight = event.weight * 2 ** ((event.occurredAtMs - counts.landmarkMs) / halfLifeMs)
  counts.weights.set(event.itemId, (counts.weights.get(event.itemId) ?? 0) + weight)
}

/** Weight by item as it stands at `nowMs`, of several counts together. @param total what they are added to, in place */
export function countsAt(
  parts: readonly DecayedCounts[],
  nowMs: EpochMs,
  halfLifeMs: DurationMs,
  total = new Map<string, number>(),
): Map<string, number> {
  for (const { landmarkMs, weights } of parts) {
    const factor = 2 ** (-(nowMs - landmarkMs) / halfLifeMs)
    for (const [itemId, weight] of weights) total.set(itemId, (total.get(itemId) ?? 0) + weight * factor)
  }
  return total
}

/** Counts are pruned when there are so many times more than are kept: sorting them all with each batch is half of the work
 *  that a small one makes of them, and what has come just now would hardly ever stay. */
const PRUNED_BEYOND = 1.25

/** Keeps the `most` largest when a quarter more have gathered. What is dropped starts again from nothing should it come
 *  back. */
export function pruneCounts(counts: DecayedCounts, most: number): void {
  if (counts.weights.size <= PRUNED_BEYOND * most) return
  // Numbers alone sort ten times as fast as pairs do.
  const rising = Float64Array.from(counts.weights.values()).sort()
  const least = rising[rising.length - most]!
  let room = most
  const atLeast: string[] = []
  for (const [itemId, weight] of counts.weights) {
    if (weight > least) room--
    else if (weight === least) atLeast.push(itemId)
    else counts.weights.delete(itemId)
  }
  for (const itemId of atLeast.sort().slice(room)) counts.weights.delete(itemId)
}

/** Keeps the `most` groups of which most is left, whatever their landmarks. */
export function pruneGroups(groups: Map<string, DecayedCounts>, most: number, halfLifeMs: DurationMs): void {
  if (groups.size <= most) return
  // In powers of two, as landmarks far apart would be too far apart for a float64.
  const left = ({ landmarkMs, weights }: DecayedCounts) => {
    return Math.log2([...weights.values()].reduce((sum, weight) => sum + weight, 0)) + landmarkMs / halfLifeMs
  }
  const sized = [...groups].map(([name, counts]) => ({ name, left: left(counts) }))
  const largestFirst = sized.sort((a, b) => b.left - a.left || (a.name < b.name ? -1 : 1))
  for (const { name } of largestFirst.slice(most)) groups.delete(name)
}

function moveLandmark(counts: DecayedCounts, toMs: EpochMs, halfLifeMs: DurationMs): void {
  const factor = 2 ** (-(toMs - counts.landmarkMs) / halfLifeMs)
  for (const [itemId, weight] of counts.weights) counts.weights.set(itemId, weight * factor)
  counts.landmarkMs = toMs
}
