import { decay, elapsed } from './decay.ts'
import { mutualProducts } from './mutual-products.ts'
import type { RememberedEvent } from './remembered-event.ts'
import type { DurationMs, EpochMs } from './time.ts'
import { addScaled, dot, normalized } from './vector.ts'

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

/** An item that events chose: those of one item have one vector, so they are one point that counts as many. */
interface Point {
  readonly vector: Float32Array
  /** In the order of their fingerprints. */
  readonly events: readonly WeighedEvent[]
}

interface WeighedEvent {
  readonly event: RememberedEvent
  readonly weight: number
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
  const company = {
    likeness: mutualProducts(points.map(({ vector }) => vector)),
    counts: points.map(({ events }) => events.length),
  }
  let best = [[...points.keys()]]
  let bestClarity = options.clearestSingle ?? CLEAREST_SINGLE
  for (const clusters of averageLinkage(company, options.mostInterests)) {
    const clarity = clarityOf(clusters, company)
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
  const points = new Map<string, { vector: Float32Array; events: WeighedEvent[] }>()
  for (const event of remembered.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))) {
    if (event.weight <= 0) continue
    const weight = event.weight * decay(elapsed(nowMs, event.occurredAtMs), halfLifeMs)
    const point = points.get(event.itemId)
    if (point !== undefined) {
      point.events.push({ event, weight })
      continue
    }
    const vector = vectorOf(event.itemId)
    if (vector !== undefined) points.set(event.itemId, { vector, events: [{ event, weight }] })
  }
  return [...points.values()]
}

/** Points among each other. */
interface Company {
  /** Of each with each, float64[points × points]. */
  readonly likeness: Float64Array
  /** Events of each. */
  readonly counts: readonly number[]
}

/** The groupings into 2 to `most` clusters on the way from single points to one cluster, each a list of lists of point
 *  indices. The mean likeness to a merged cluster is the mean of those to its parts, by their sizes (Lance and Williams
 *  1967). */
function* averageLinkage({ likeness, counts }: Company, most: number): Generator<number[][]> {
  const size = counts.length
  const clusters = Array.from({ length: size }, (_, index) => [index])
  const sizes = [...counts]
  const between = likeness.slice()
  /** Which of them are not part of another yet. */
  const left = [...clusters.keys()]
  if (left.length <= most && left.length > 1) yield clusters.slice()
  while (left.length > 2) {
    const [into, from] = closestPair(between, size, left)
    const [a, b] = [sizes[into]!, sizes[from]!]
    for (const other of left) {
      const mean = (between[other * size + into]! * a + between[other * size + from]! * b) / (a + b)
      between[other * size + into] = between[into * size + other] = mean
    }
    clusters[into] = [...clusters[into]!, ...clusters[from]!]
    sizes[into] = a + b
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

/** Mean over events of how much more they resemble their own cluster than the nearest other: a silhouette (Rousseeuw
 *  1987) that is not divided by the distances, since in tight company any small difference would then look large. An
 *  event alone in its cluster counts 0. */
function clarityOf(clusters: readonly (readonly number[])[], company: Company): number {
  const { counts } = company
  let sum = 0
  for (const own of clusters) {
    if (own.length === 1 && counts[own[0]!] === 1) continue
    for (const point of own) {
      let nearest = Number.NEGATIVE_INFINITY
      for (const cluster of clusters) {
        if (cluster !== own) nearest = Math.max(nearest, meanLikeness(point, cluster, company))
      }
      sum += counts[point]! * (meanLikeness(point, own, company) - nearest)
    }
  }
  return sum / counts.reduce((all, count) => all + count, 0)
}

/** Of an event of the point to the other events of a cluster. */
function meanLikeness(point: number, cluster: readonly number[], { likeness, counts }: Company): number {
  const row = point * counts.length
  let sum = 0
  let others = 0
  for (const other of cluster) {
    const count = other === point ? counts[other]! - 1 : counts[other]!
    sum += count * likeness[row + other]!
    others += count
  }
  return sum / others
}

function interestOf(points: readonly Point[]): Interest {
  const sum = new Float32Array(points[0]!.vector.length)
  const masses = points.map(({ events }) => events.reduce((mass, { weight }) => mass + weight, 0))
  for (const [p, { vector }] of points.entries()) addScaled(sum, 0, vector, masses[p]!)
  const centre = normalized(sum)
  const members = points.flatMap(({ vector, events }) => {
    const likeness = dot(vector, centre)
    return events.map(({ event, weight }) => ({ event, weight, central: weight * likeness }))
  })
  members.sort((a, b) => b.weight - a.weight)
  const exemplar = members.reduce((best, member) => (member.central > best.central ? member : best))
  return {
    mass: masses.reduce((mass, own) => mass + own, 0),
    exemplar: exemplar.event,
    events: members.map(({ event }) => event),
    centre,
  }
}
