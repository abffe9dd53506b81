/** By how much one way of ranking is better than another over the same choices. */
export interface PairedGain {
  readonly mean: number
  readonly standardError: number
}

/** @param tried float64[choices], as `gains` */
export function pairedGain(tried: Float64Array, gains: Float64Array): PairedGain {
  const count = gains.length
  let sum = 0
  let squares = 0
  for (let i = 0; i < count; i++) {
    const difference = tried[i]! - gains[i]!
    sum += difference
    squares += difference ** 2
  }
  const spread = Math.sqrt(Math.max(0, squares - sum ** 2 / count))
  return count > 0 ? { mean: sum / count, standardError: spread / count } : { mean: 0, standardError: 0 }
}

/** Fitted weights of forecasts rarely beat simple ones out of sample by as much as they did inside it (Stock and Watson,
 *  "Combination forecasts of output growth", 2004): few choices leave things as they are, many move them. */
export function isClear({ mean, standardError }: PairedGain, standardErrors: number): boolean {
  return mean > standardErrors * standardError
}
