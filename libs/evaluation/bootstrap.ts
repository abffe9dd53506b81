import { randomFrom } from '../learning/random.ts'

/** Bounds between which the mean lies in 95 of 100 samples. */
export type Interval = readonly [low: number, high: number]

const RESAMPLES = 1_000

/** Bootstrap percentile interval of a mean (Efron 1979): cases are drawn again, with replacement, 1,000 times. The same
 *  seed draws the same cases, so that differences of two methods over the same cases are paired.
 *  @param values float64[cases] */
export function meanInterval(values: Float64Array, seed: number): Interval {
  const random = randomFrom(seed)
  const means = new Float64Array(RESAMPLES)
  for (let r = 0; r < RESAMPLES; r++) {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!
    means[r] = sum / values.length
  }
  means.sort()
  return [means[Math.floor(0.025 * RESAMPLES)]!, means[Math.ceil(0.975 * RESAMPLES) - 1]!]
}
