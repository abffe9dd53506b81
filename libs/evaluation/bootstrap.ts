import { randomFrom } from '../learning/random.ts'

/** Bounds between which the mean lies in 95 of 100 samples. */
export type Interval = readonly [low: number, high: number]

const RESAMPLES = 1_000

/** Bootstrap percentile intervals of means (Efron 1979): cases are drawn again, with replacement, 1,000 times. All columns
 *  see the same draws, so a column of differences of two methods over the same cases is a paired comparison.
 *  @param columns float64[cases] each; without cases the interval is 0 to 0 */
export function meanIntervals(columns: readonly Float64Array[], seed: number): Interval[] {
  const cases = columns[0]?.length ?? 0
  if (cases === 0) return columns.map(() => [0, 0])
  const random = randomFrom(seed)
  const means = columns.map(() => new Float64Array(RESAMPLES))
  const times = new Uint32Array(cases)
  for (let r = 0; r < RESAMPLES; r++) {
    times.fill(0)
    for (let i = 0; i < cases; i++) times[Math.floor(random() * cases)]!++
    for (const [c, values] of columns.entries()) {
      let sum = 0
      for (let i = 0; i < cases; i++) sum += times[i]! * values[i]!
      means[c]![r] = sum / cases
    }
  }
  return means.map((drawn) => {
    drawn.sort()
    return [drawn[Math.floor(0.025 * RESAMPLES)]!, drawn[Math.ceil(0.975 * RESAMPLES) - 1]!]
  })
}
