import { cutoffs } from './accuracy.ts'
import type { Case } from './split.ts'

/** What an order drawn by lot would come to, on average over the cases: hr@k and ndcg@k at each cutoff, exactly.
 *
 *  With t targets among n items, HR@k = 1 − Π_{i<k} (n − t − i)/(n − i), and NDCG@k = t/n · Σ_{i<k} 1/log₂(i + 2), over
 *  the best that could be had. */
export function chanceOf(
  cases: readonly Case[],
  catalogSize: number,
  maskSeen: boolean,
): Record<string, number> {
  const asked = cases.map(({ items, targets }) => {
    const seen = new Set(maskSeen ? items : [])
    const open = targets.filter((target) => !seen.has(target)).length
    return { size: catalogSize - seen.size, open, targets: targets.length }
  })
  const meanOf = (value: (one: (typeof asked)[number]) => number): number => {
    return asked.reduce((sum, one) => sum + value(one), 0) / asked.length
  }
  return Object.fromEntries(
    cutoffs.flatMap((k) => [
      [`hr@${k}`, meanOf(({ size, open }) => 1 - missingAll(size, open, k))],
      [
        `ndcg@${k}`,
        meanOf(({ size, open, targets }) => {
          // Nothing is open to a user who has seen the whole catalog.
          if (open === 0) return 0
          return (open / size) * (gainDownTo(Math.min(k, size)) / gainDownTo(Math.min(k, targets)))
        }),
      ],
    ]),
  )
}

function missingAll(size: number, open: number, k: number): number {
  let missing = 1
  for (let i = 0; i < Math.min(k, size); i++) missing *= Math.max(0, size - open - i) / (size - i)
  return missing
}

function gainDownTo(k: number): number {
  let gain = 0
  for (let place = 1; place <= k; place++) gain += 1 / Math.log2(place + 1)
  return gain
}
