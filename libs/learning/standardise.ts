/** Scores of one user over the catalog brought to mean 0 and standard deviation 1, in place, so that scores of different
 *  origin can be added. Scores that are all alike say nothing and become 0.
 *  @returns the deviation that they had, 0 where they were all alike */
export function standardise(scores: Float64Array): number {
  let sum = 0
  for (let i = 0; i < scores.length; i++) sum += scores[i]!
  const mean = sum / scores.length
  let squares = 0
  for (let i = 0; i < scores.length; i++) squares += (scores[i]! - mean) ** 2
  const deviation = Math.sqrt(squares / scores.length)
  if (!(deviation > 1e-12)) {
    scores.fill(0)
    return 0
  }
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i]! - mean) / deviation
  return deviation
}
