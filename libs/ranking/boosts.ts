import { z } from 'zod'
import type { Item } from '../event/item.ts'
import { type Candidate, withShare } from './candidate.ts'
import {
  attributeConditionsSchema,
  attributesTest,
  type Circumstances,
  itemConditionSchema,
  itemTest,
} from './conditions.ts'

/** A rule such as "half as much again for what is new, on phones". */
export const boostSchema = z.strictObject({
  /** Appears in explanations. */
  name: z.string().min(1).max(100),
  /** Above 1 lifts, below 1 lowers. */
  factor: z.number().min(0.01).max(100),
  item: itemConditionSchema.optional(),
  user: attributeConditionsSchema.optional(),
  context: attributeConditionsSchema.optional(),
})

export type Boost = z.infer<typeof boostSchema>

/** Multiplies the scores of the items that each rule applies to. Scores are centred, and a factor above 1 must lift a
 *  score below 0 as well: such a score is divided instead, so order among boosted items stays as it was. The difference
 *  is the rule's share. */
export function boost(
  candidates: readonly Candidate[],
  boosts: readonly Boost[],
  itemOf: (itemId: string) => Item | undefined,
  circumstances: Circumstances,
): readonly Candidate[] {
  const rules = boosts
    .filter(({ user = {}, context = {} }) => {
      const isUser = attributesTest(user, circumstances)
      const isContext = attributesTest(context, circumstances)
      return isUser(circumstances.user) && isContext(circumstances.context)
    })
    .map(({ name, factor, item = {} }) => ({ name, factor, applies: itemTest(item, circumstances) }))
  if (rules.length === 0) return candidates
  return candidates.map((candidate) => {
    const item = itemOf(candidate.itemId)
    if (item === undefined) return candidate
    return rules.filter((rule) => rule.applies(item)).reduce(boosted, candidate)
  })
}

function boosted(candidate: Candidate, { name, factor }: { name: string; factor: number }): Candidate {
  const { score } = candidate
  const after = score > 0 ? score * factor : score / factor
  return withShare(candidate, { stage: 'boosts', rule: name, share: after - score })
}
