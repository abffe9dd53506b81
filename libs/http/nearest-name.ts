/** More slips than one in so many characters are another word. */
const CHARACTERS_PER_SLIP = 3

/** The name that was probably meant; `user_id` is `userId`. undefined: none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = plainOf(given)
  let least = Math.max(1, Math.floor(plain.length / CHARACTERS_PER_SLIP)) + 1
  let nearest: string | undefined
  for (const name of names) {
    const slips = slipsBetween(plain, plainOf(name))
    if (slips >= least) continue
    least = slips
    nearest = name
  }
  return nearest
}

const plainOf = (name: string) => name.slice(0, 64).toLowerCase().replaceAll(/[-_]/g, '')

/** Characters put in, left out, replaced, or exchanged with the next: the restricted edit distance of Damerau and
 *  Levenshtein. */
function slipsBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const edited = Math.min(rows[i - 1]![j]!, row[j - 1]!) + 1
      row[j] = Math.min(edited, rows[i - 1]![j - 1]! + (same ? 0 : 1))
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (exchanged) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
