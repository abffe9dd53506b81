import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Realistic enough: a few users and items get most of the events (Zipf), vectors come in clusters, and the same seed gives
 *  the same world in every process. */
export function randomOf(seed: number): () => number {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

/** Draws 0 … count−1 with probability ∝ 1/(rank+1), by the inverse of the continuous distribution. */
export function zipf(count: number, random: () => number): () => number {
  const logarithm = Math.log(count + 1)
  return () => Math.min(count - 1, Math.floor(Math.exp(random() * logarithm)) - 1)
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

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return vector.map((x) => x / length)
}
