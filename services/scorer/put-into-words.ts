import type { Explanation } from '../../libs/ranking/explanation.ts'
import { type ReasonLanguage, reasonLine } from '../../libs/ranking/reason.ts'
import type { ExplanationAnswer, RankedAnswer } from './answer-schema.ts'
import type { Basis } from './basis.ts'
import { explained } from './reason-for.ts'
import type { Ranking } from './recommender.ts'

type TitleOf = (itemId: string) => string | undefined

export interface Wording {
  readonly titleOf: TitleOf
  readonly language: ReasonLanguage
  readonly explain: boolean
}

/** A ranking as it is answered. */
export function putIntoWords(ranking: Ranking, { titleOf, language, explain }: Wording): RankedAnswer {
  const { inquiry, draft } = ranking
  const { question, chosen, leftOut, nowMs } = inquiry
  const items = draft.page.map(({ candidate, exploration }) => {
    const words = draft.llm?.words.get(candidate.itemId)
    const { explanation, reason } = explained(candidate, exploration, inquiry, draft, titleOf)
    return {
      itemId: candidate.itemId,
      score: candidate.score,
      title: titleOf(candidate.itemId) ?? '',
      reasons: [reasonLine(reason, nowMs, language), ...(words === undefined ? [] : [words])],
      ...(exploration && { exploration }),
      ...(explain && { explanation: explanationAnswer(explanation, titleOf) }),
    }
  })
  const failure = draft.llm?.failure
  const degraded = [
    ...leftOut,
    ...(failure === undefined ? [] : [{ stage: 'llm' as const, reason: failure }]),
  ]
  return {
    recommendationId: question.recommendationId,
    scenario: chosen.name,
    ...(chosen.variant !== undefined && { variant: chosen.variant }),
    basis: basisOf(ranking),
    ...(degraded.length > 0 && { degraded }),
    items,
  }
}

/** What the request asked by, else what the viewer's interest was read from, else what filled the page. */
export function basisOf({ inquiry, draft }: Ranking): Basis {
  const { about } = inquiry.question
  if (about.query !== undefined) return 'query'
  if (about.itemId !== undefined) return 'similar'
  if (about.vector !== undefined) return 'vector'
  const heard = inquiry.voices.some(({ source }) => source !== 'trending' && source !== 'fresh')
  if (inquiry.viewer.basis !== undefined && heard) return inquiry.viewer.basis
  if (about.itemIds !== undefined || inquiry.question.who.kind === 'nobody') return 'trending'
  const trends = draft.page.some(({ candidate }) => !draft.lookAround.has(candidate.itemId))
  return trends ? 'trending' : 'first-look'
}

export function explanationAnswer(explanation: Explanation, titleOf: TitleOf): ExplanationAnswer {
  return {
    shares: [...explanation.shares],
    events: largestFirst(explanation.events).map(({ event, source, share }) => ({
      itemId: event.itemId,
      title: titleOf(event.itemId) ?? null,
      type: event.type,
      occurredAt: new Date(event.occurredAtMs).toISOString(),
      source,
      share,
    })),
    olderInterest: [...explanation.older],
  }
}

function largestFirst(events: Explanation['events']): Explanation['events'] {
  return events.toSorted((a, b) => b.share - a.share)
}

/** The first of our languages that the client names in Accept-Language; English otherwise. */
export function languageOf(acceptLanguage = ''): ReasonLanguage {
  let best: { readonly language: ReasonLanguage; readonly quality: number } | undefined
  for (const part of acceptLanguage.split(',')) {
    const [, language, quality = '1'] = /^\s*(zh|en)\b[^;]*(?:;\s*q=([\d.]+))?/i.exec(part) ?? []
    if (language === undefined || Number(quality) <= (best?.quality ?? 0)) continue
    best = { language: language.toLowerCase() as ReasonLanguage, quality: Number(quality) }
  }
  return best?.language ?? 'en'
}
