/** The `most` members of `candidates` with the highest merit, in rising order; the lower number wins between equals.
 *  `merits` is indexed by candidate. Linear in the number of candidates (Hoare 1961). */
export function strongest(candidates: Int32Array, merits: Float64Array, most: number): Int32Array {
  if (candidates.length <= most) return candidates.slice().sort()
  const order = candidates.slice()
  let low = 0
  let high = order.length - 1
  while (low < high) {
    const pivot = order[(low + high) >>> 1]!
    let left = low
    let right = high
    while (left <= right) {
      while (isStronger(order[left]!, pivot, merits)) left++
      while (isStronger(pivot, order[right]!, merits)) right--
      if (left > right) break
      const moved = order[left]!
      order[left++] = order[right]!
      order[right--] = moved
    }
    if (most - 1 <= right) high = right
    else if (most - 1 >= left) low = left
    else break
  }
  return order.subarray(0, most).sort()
}

function isStronger(a: number, b: number, merits: Float64Array): boolean {
  return merits[a]! > merits[b]! || (merits[a] === merits[b] && a < b)
}
