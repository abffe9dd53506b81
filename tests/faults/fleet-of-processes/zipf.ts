import type { SeededRandom } from '../simulation/seeded-random.ts'

/** Draws ranks from 0 up to, not including, `ranks`, the k-th with a probability in proportion to 1 / (k + 1)^exponent:
 *  few are met all the time and most hardly ever, as users and items are. */
export function zipf(random: SeededRandom, ranks: number, exponent: number): () => number {
  const upTo: number[] = []
  let sum = 0
  for (let rank = 1; rank <= ranks; rank++) {
    sum += rank ** -exponent
    upTo.push(sum)
  }
  const RESOLUTION = 2 ** 31
  return () => {
    const drawn = (random.below(RESOLUTION) / RESOLUTION) * sum
    let [low, high] = [0, ranks - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo[middle]! <= drawn) low = middle + 1
      else high = middle
    }
    return low
  }
}
