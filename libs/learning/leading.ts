/** The `most` numbers with the highest scores among those that are not hidden, best first; the lower number wins between
 *  equals. One pass: almost every number fails to enter a short sorted list.
 *  @param hidden uint8[scores], 1 for those to be left out */
export function leading(scores: Float64Array, hidden: Uint8Array, most: number): number[] {
  const found: number[] = []
  let least = Number.NEGATIVE_INFINITY
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!
    if ((score <= least && found.length === most) || hidden[item] === 1) continue
    let at = found.length
    while (at > 0 && scores[found[at - 1]!]! < score) at--
    found.splice(at, 0, item)
    if (found.length > most) found.pop()
    least = scores[found.at(-1)!]!
  }
  return found
}
