import type { Choice } from '../learning/choice.ts'
import { leading } from '../learning/leading.ts'
import { isAfterPause } from '../learning/past.ts'
import type { StandardScores } from '../learning/standard-scores.ts'
import type { Case } from './split.ts'

/** A choice, and whether it was made after a pause. */
export interface TimedChoice extends Choice {
  readonly afterPause: boolean
}

/** Candidates of a choice: the best by the components' plain sum, and the best by each component alone. */
const BEST_TOGETHER = 200
const BEST_ALONE = 20

/** Turns cases into choices for the tuning: not the whole catalog, but all of it that a mixture could rank high.
 *  @param open 1 for items that may be candidates; all may where it is left out */
export function choicesOf(
  cases: readonly Case[],
  standard: StandardScores,
  catalogSize: number,
  maskSeen: boolean,
  open?: Uint8Array,
): TimedChoice[] {
  const sum = new Float64Array(catalogSize)
  return cases.flatMap((asked) => {
    const components = standard.of(asked)
    const hidden = open === undefined ? new Uint8Array(catalogSize) : open.map((may) => 1 - may)
    if (maskSeen) for (const item of asked.items) hidden[item] = 1
    const taken = asked.targets.filter((target) => hidden[target] === 0)
    if (taken.length === 0) return []
    sum.fill(0)
    for (const scores of components)
      for (let item = 0; item < catalogSize; item++) sum[item]! += scores[item]!
    const proposals = new Set(leading(sum, hidden, BEST_TOGETHER))
    for (const scores of components)
      for (const item of leading(scores, hidden, BEST_ALONE)) proposals.add(item)
    const candidates = [...new Set([...taken, ...proposals])]
    const scores = new Float32Array(candidates.length * components.length)
    candidates.forEach((item, c) => {
      components.forEach((component, f) => {
        scores[f * candidates.length + c] = component[item]!
      })
    })
    const proposed = taken.some((target) => proposals.has(target))
    return [{ scores, taken: taken.length, proposed, afterPause: isAfterPause(asked) }]
  })
}
