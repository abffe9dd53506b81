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
  for (const clusters of averageLinkage(likeness, points.length, options.mostInterests)) {
    const clarity = clarityOf(clusters, likeness, points.length)
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

/** Of each with each, float64[points × points]. */
function likenessOf(points: readonly Point[]): Float64Array {
  const size = points.length
  const likeness = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      likeness[a * size + b] = likeness[b * size + a] = dot(points[a]!.vector, points[b]!.vector)
    }
  }
  return likeness
}

/** The groupings into 2 to `most` clusters on the way from single points to one cluster, each a list of lists of point
 *  indices. The mean likeness to a merged cluster is the mean of those to its parts, by their sizes (Lance and Williams
 *  1967). */
function* averageLinkage(likeness: Float64Array, size: number, most: number): Generator<number[][]> {
  const clusters = Array.from({ length: size }, (_, index) => [index])
  const between = likeness.slice()
  /** Which of them are not part of another yet. */
  const left = [...clusters.keys()]
  if (left.length <= most && left.length > 1) yield clusters.slice()
  while (left.length > 2) {
    const [into, from] = closestPair(between, size, left)
    const [a, b] = [clusters[into]!.length, clusters[from]!.length]
    for (const other of left) {
      const mean = (between[other * size + into]! * a + between[other * size + from]! * b) / (a + b)
      between[other * size + into] = between[into * size + other] = mean
    }
    clusters[into] = [...clusters[into]!, ...clusters[from]!]
    left.splice(left.indexOf(from), 1)
    if (left.length <= most) yield left.map((index) => clusters[index]!)
  }
}

function closestPair(between: Float64Array, size: number, left: readonly number[]): [number, number] {
  let pair: [number, number] = [left[0]!, left[1]!]
  let closest = Number.NEGATIVE_INFINITY
  for (let a = 0; a < left.length; a++) {
    const row = left[a]! * size
    for (let b = a + 1; b < left.length; b++) {
      const likeness = between[row + left[b]!]!
      if (likeness > closest) {
        closest = likeness
        pair = [left[a]!, left[b]!]
      }
    }
  }
  return pair
}

/** Mean over points of how much more they resemble their own cluster than the nearest other: a silhouette (Rousseeuw
 *  1987) that is not divided by the distances, since in tight company any small difference would then look large. A
 *  point alone in its cluster counts 0. */
function clarityOf(clusters: readonly (readonly number[])[], likeness: Float64Array, size: number): number {
  let sum = 0
  for (const own of clusters) {
    if (own.length === 1) continue
    for (const point of own) {
      let nearest = Number.NEGATIVE_INFINITY
      for (const cluster of clusters) {
        if (cluster !== own) nearest = Math.max(nearest, meanLikeness(point, cluster, likeness, size))
      }
      sum += meanLikeness(point, own, likeness, size) - nearest
    }
  }
  return sum / size
}

/** To the others of a cluster. */
function meanLikeness(
  point: number,
  cluster: readonly number[],
  likeness: Float64Array,
  size: number,
): number {
  let sum = 0
  let others = 0
  for (const other of cluster) {
    if (other === point) continue
    sum += likeness[point * size + other]!
    others++
  }
  return sum / others
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
