import { z } from 'zod'
import type { Candidate } from '../../libs/ranking/candidate.ts'
import { bestFirst } from '../../libs/ranking/rank.ts'
import { type ReasonLanguage, reasonLine } from '../../libs/ranking/reason.ts'
import { sourceNames } from '../../libs/ranking/source-name.ts'
import { explanationSchema } from './answer-schema.ts'
import { bases } from './basis.ts'
import { basisOf, explanationAnswer } from './put-into-words.ts'
import { explained } from './reason-for.ts'
import type { Ranking } from './recommender.ts'

export const fateSchema = z.object({
  userId: z.string(),
  itemId: z.string(),
  title: z.string(),
  scenario: z.string(),
  variant: z.string().optional(),
  basis: z.enum(bases),
  shown: z.boolean().meta({ description: 'whether the item is on the page' }),
  place: z.number().int().optional().meta({ description: 'on the page, from 1' }),
  removedBy: z
    .object({
      stage: z.enum(['filters', 'sources', 'ranking', 'diversity', 'exploration']),
      rule: z.string().meta({ description: 'what in the stage decided it' }),
    })
    .optional()
    .meta({ description: 'the first stage behind which the item was not on its way to the page any more' }),
  rank: z.number().int().optional().meta({
    description:
      'by score among all candidates, from 1, also where no source proposed it; absent when a filter kept it out',
  }),
  candidates: z.number().int().meta({ description: 'how many candidates there were' }),
  proposedBy: z.array(z.enum(sourceNames)),
  score: z.number(),
  reasons: z.array(z.string()).meta({ description: 'none for an item that nothing speaks for' }),
  explanation: explanationSchema,
})

export type Fate = z.infer<typeof fateSchema>

/** What became of an item on its way to the page. */
export function fateOf(
  itemId: string,
  ranking: Ranking,
  titleOf: (itemId: string) => string | undefined,
  language: ReasonLanguage,
): Fate {
  const { inquiry, draft, aside } = ranking
  const { admission, voices, chosen, question, nowMs } = inquiry
  const at = draft.candidates.findIndex((candidate) => candidate.itemId === itemId)
  const rank = at >= 0 ? at + 1 : 1 + draft.candidates.filter((other) => bestFirst(other, aside!) < 0).length
  const place = draft.page.findIndex(({ candidate }) => candidate.itemId === itemId)
  const onPage = draft.page[place]
  const candidate = onPage?.candidate ?? draft.candidates[at] ?? aside!
  const { explanation, reason } = explained(candidate, onPage?.exploration ?? false, inquiry, draft, titleOf)
  const proposedBy = voices.filter(({ proposed }) => proposed.some((each) => each.itemId === itemId))
  const removedBy = onPage === undefined ? removal(candidate, at, ranking) : undefined
  const reasoned = onPage !== undefined || explanation.shares.some(({ share }) => share > 0)
  return {
    userId: question.who.kind === 'user' ? question.who.userId : '',
    itemId,
    title: titleOf(itemId) ?? '',
    scenario: chosen.name,
    ...(chosen.variant !== undefined && { variant: chosen.variant }),
    basis: basisOf(ranking),
    shown: onPage !== undefined,
    ...(onPage !== undefined && { place: place + 1 }),
    ...(removedBy !== undefined && { removedBy }),
    ...(admission.admits(itemId) && { rank }),
    candidates: draft.candidates.length,
    proposedBy: proposedBy.map(({ source }) => source),
    score: candidate.score,
    reasons: reasoned ? [reasonLine(reason, nowMs, language)] : [],
    explanation: explanationAnswer(explanation, titleOf),
  }
}

function removal({ itemId, score }: Candidate, at: number, { inquiry, draft }: Ranking): Fate['removedBy'] {
  const refusal = inquiry.admission.refusalOf(itemId)
  if (refusal !== undefined) return { stage: 'filters', rule: refusal }
  if (at === -1)
    return { stage: 'sources', rule: `no source proposed it; its score would have been ${score}` }
  if (draft.displaced?.has(itemId)) {
    return { stage: 'exploration', rule: 'its place went to an item of which little is known' }
  }
  if (at < inquiry.places) {
    return {
      stage: 'diversity',
      rule: 'likeness, categories, sources or interests gave its place to another',
    }
  }
  return { stage: 'ranking', rule: `rank ${at + 1} by score, and the page has ${inquiry.places} places` }
}
