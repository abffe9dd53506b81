import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Realistic enough: a few users and items get most of the events (Zipf), vectors come in clusters, and the same seed gives
 *  the same world in every process. */
export function randomOf(seed: number): () => number {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

/** Draws 0 … count−1 with probability ∝ 1/(rank + flat), by the inverse of the continuous distribution: Zipf's law for
 *  flat = 1, Mandelbrot's for more. */
export function zipf(count: number, random: () => number, flat = 1): () => number {
  const logarithm = Math.log((count + flat) / flat)
  return () => Math.min(count - 1, Math.floor(flat * (Math.exp(random() * logarithm) - 1)))
}

/** By Zipf's law alone the first of 100,000 users would do 6 % of everything: a crawler, not a person. So it is 0.14 %. */
const FLAT_USERS = 100
/** The most popular of 20,000 items has 1.3 % of the events. */
const FLAT_ITEMS = 10

export interface WrittenEvent {
  readonly eventId: string
  readonly type: string
  readonly userId: string
  readonly itemId: string
  readonly occurredAt: string
  readonly sessionId: string
  readonly context: Readonly<Record<string, string>>
}

/** Events in the order in which they happened, a millisecond apart. */
export function* eventsOf(
  count: number,
  { users, items, beganMs }: { users: number; items: number; beganMs: number },
): Generator<WrittenEvent> {
  const random = randomOf(1)
  const [user, item] = [zipf(users, random, FLAT_USERS), zipf(items, random, FLAT_ITEMS)]
  for (let i = 0; i < count; i++) {
    const userId = `user-${user()}`
    yield {
      eventId: `event-${i}`,
      type: random() < 0.7 ? 'view' : 'click',
      userId,
      itemId: `item-${item()}`,
      occurredAt: new Date(beganMs + i).toISOString(),
      sessionId: `session-${userId}`,
      context: { country: 'NZ', device: 'phone' },
    }
  }
}

/** Unit vectors around `clusters` centres. */
export function clusteredVectors(
  count: number,
  dimension: number,
  clusters: number,
  seed: number,
): Float32Array[] {
  const random = randomOf(seed)
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const draw = () => Float32Array.from({ length: dimension }, gaussian)
  const centres = Array.from({ length: clusters }, draw)
  return Array.from({ length: count }, (_, i) => {
    const centre = centres[i % clusters]!
    return unit(draw().map((x, d) => 0.7 * x + centre[d]!))
  })
}

/** Scales in place to length 1. */
export function unit(vector: Float32Array): Float32Array {
  let squares = 0
  for (const x of vector) squares += x * x
  const length = Math.sqrt(squares)
  for (let d = 0; d < vector.length; d++) vector[d]! /= length
  return vector
}
