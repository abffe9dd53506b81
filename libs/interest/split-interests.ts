import { decay, elapsed } from './decay.ts'
import type { RememberedEvent } from './remembered-event.ts'
import type { DurationMs, EpochMs } from './time.ts'
import { dot, normalized } from './vector.ts'

/** One of the things a user is interested in: remembered events that resemble each other. */
export interface Interest {
  /** Decayed weight of its events. */
  readonly mass: number
  /** The event nearest to the interest's centre, counting its own weight. */
  readonly exemplar: RememberedEvent
  /** Heaviest first. */
  readonly events: readonly RememberedEvent[]
  /** Weighted mean direction of its events, unit float32[dimension]. */
  readonly centre: Float32Array
}

export interface SplitOptions {
  readonly nowMs: EpochMs
  readonly halfLifeMs: DurationMs
  readonly mostInterests: number
  /** Up to this clarity the events are taken for one interest. @default 0.15, where clusters stand no clearer than noise */
  readonly clearestSingle?: number
}

interface Point {
  readonly event: RememberedEvent
  readonly weight: number
  readonly vector: Float32Array
}

const CLEAREST_SINGLE = 0.15

/** A user who reads thrillers and cooks is not the average of both: groups remembered events by likeness.
 *
 *  Average linkage (Sokal and Michener 1958), and of the groupings it passes through the clearest one. Deterministic,
 *  and the order of the events does not matter. Disliked events are left out. */
export function splitInterests(
  remembered: readonly RememberedEvent[],
  vectorOf: (itemId: string) => Float32Array | undefined,
  options: SplitOptions,
): Interest[] {
  const points = pointsOf(remembered, vectorOf, options)
  if (points.length === 0) return []
  const likeness = likenessOf(points)
  let best = [points.map((_, index) => index)]
  let bestClarity = options.clearestSingle ?? CLEAREST_SINGLE
  for (const clusters of averageLinkage(likeness, options.mostInterests)) {
    const clarity = clarityOf(clusters, likeness)
    if (clarity > bestClarity) {
      best = clusters
      bestClarity = clarity
    }
  }
  return best.map((cluster) => interestOf(cluster.map((index) => points[index]!))).sort(heaviestFirst)
}

function heaviestFirst(a: Interest, b: Interest): number {
  return b.mass - a.mass || (a.exemplar.fingerprint < b.exemplar.fingerprint ? -1 : 1)
}

function pointsOf(
  remembered: readonly RememberedEvent[],
  vectorOf: (itemId: string) => Float32Array | undefined,
  { nowMs, halfLifeMs }: SplitOptions,
): Point[] {
  const points: Point[] = []
  for (const event of remembered) {
    const vector = vectorOf(event.itemId)
    if (vector === undefined || event.weight <= 0) continue
    const weight = event.weight * decay(elapsed(nowMs, event.occurredAtMs), halfLifeMs)
    points.push({ event, weight, vector })
  }
  return points.sort((a, b) => (a.event.fingerprint < b.event.fingerprint ? -1 : 1))
}

function likenessOf(points: readonly Point[]): number[][] {
  const likeness = points.map(() => new Array<number>(points.length).fill(0))
  for (let a = 0; a < points.length; a++) {
    for (let b = a; b < points.length; b++) {
      likeness[a]![b] = likeness[b]![a] = dot(points[a]!.vector, points[b]!.vector)
    }
  }
  return likeness
}

/** The groupings into 2 to `most` clusters on the way from single points to one cluster, each a list of lists of point
 *  indices. The mean likeness to a merged cluster is the mean of those to its parts, by their sizes (Lance and Williams
 *  1967). */
function* averageLinkage(likeness: readonly (readonly number[])[], most: number): Generator<number[][]> {
  const clusters = likeness.map((_, index) => [index])
  const between = likeness.map((row) => [...row])
  if (clusters.length <= most && clusters.length > 1) yield clusters.slice()
  while (clusters.length > 2) {
    const [left, right] = closestPair(between)
    const [a, b] = [clusters[left]!.length, clusters[right]!.length]
    for (const [c, row] of between.entries()) {
      const mean = (row[left]! * a + row[right]! * b) / (a + b)
      row[left] = between[left]![c] = mean
    }
    for (const row of between) row.splice(right, 1)
    between.splice(right, 1)
    clusters[left] = [...clusters[left]!, ...clusters[right]!]
    clusters.splice(right, 1)
    if (clusters.length <= most) yield clusters.slice()
  }
}

function closestPair(between: readonly (readonly number[])[]): [number, number] {
  let [left, right, closest] = [0, 1, Number.NEGATIVE_INFINITY]
  for (let a = 0; a < between.length; a++) {
    const row = between[a]!
    for (let b = a + 1; b < row.length; b++) {
      if (row[b]! > closest) [left, right, closest] = [a, b, row[b]!]
    }
  }
  return [left, right]
}

function meanLikeness(
  a: readonly number[],
  b: readonly number[],
  likeness: readonly (readonly number[])[],
): number {
  let sum = 0
  for (const i of a) for (const j of b) sum += likeness[i]![j]!
  return sum / (a.length * b.length)
}

/** Mean over points of how much more they resemble their own cluster than the nearest other: a silhouette (Rousseeuw
 *  1987) that is not divided by the distances, since in tight company any small difference would then look large. A
 *  point alone in its cluster counts 0. */
function clarityOf(
  clusters: readonly (readonly number[])[],
  likeness: readonly (readonly number[])[],
): number {
  let sum = 0
  for (const own of clusters) {
    if (own.length === 1) continue
    const others = clusters.filter((cluster) => cluster !== own)
    for (const point of own) {
      const companions = own.filter((other) => other !== point)
      const nearest = Math.max(...others.map((cluster) => meanLikeness([point], cluster, likeness)))
      sum += meanLikeness([point], companions, likeness) - nearest
    }
  }
  return sum / likeness.length
}

function interestOf(points: readonly Point[]): Interest {
  const sum = new Float32Array(points[0]!.vector.length)
  let mass = 0
  for (const { vector, weight } of points) {
    mass += weight
    for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]! * weight
  }
  const centre = normalized(sum)
  const byWeight = [...points].sort((a, b) => b.weight - a.weight)
  const central = (point: Point) => point.weight * dot(point.vector, centre)
  const exemplar = byWeight.reduce((best, point) => (central(point) > central(best) ? point : best))
  return { mass, exemplar: exemplar.event, events: byWeight.map((point) => point.event), centre }
}
