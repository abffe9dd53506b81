import { z } from 'zod'
import { type ReasonLanguage, reasonLine } from '../../libs/ranking/reason.ts'
import type { Ranking } from './recommender.ts'

export const rankedAnswerSchema = z.object({
  recommendationId: z.string(),
  /** What the ranking rests on. */
  basis: z.enum(['interests', 'trending', 'first-look', 'query', 'similar', 'vector']),
  items: z.array(
    z.object({
      itemId: z.string(),
      score: z.number(),
      title: z.string(),
      reasons: z.array(z.string()).optional(),
    }),
  ),
})

export type RankedAnswer = z.infer<typeof rankedAnswerSchema>

export function rankedAnswer(
  ranking: Ranking,
  recommendationId: string,
  language: ReasonLanguage,
): RankedAnswer {
  const items = ranking.items.map(({ itemId, score, title, reason }) => ({
    itemId,
    score,
    title,
    reasons: [reasonLine(reason, ranking.nowMs, language)],
  }))
  return { recommendationId, basis: ranking.basis, items }
}

/** The first of our languages that the client names in Accept-Language; English otherwise. */
export function languageOf(acceptLanguage: string | undefined): ReasonLanguage {
  for (const part of acceptLanguage?.split(',') ?? []) {
    if (/^\s*zh\b/i.test(part)) return 'zh'
    if (/^\s*en\b/i.test(part)) return 'en'
  }
  return 'en'
}
