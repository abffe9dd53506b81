import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import { blend } from '../../libs/ranking/blend.ts'
import { boost } from '../../libs/ranking/boosts.ts'
import { inOrder, withShare } from '../../libs/ranking/candidate.ts'
import { composePage, type PageRule, type PageRules } from '../../libs/ranking/compose-page.ts'
import { categoryLimit, likenessPenalty } from '../../libs/ranking/diversity.ts'
import { explore, type Fits } from '../../libs/ranking/explore.ts'
import { firstLook } from '../../libs/ranking/first-look.ts'
import { interestSeats } from '../../libs/ranking/interest-seats.ts'
import { atLeastShares, atMostShares } from '../../libs/ranking/source-shares.ts'
import type { CatalogView } from './catalog-view.ts'
import type { Draft, Inquiry, Stage } from './draft.ts'
import { type LlmRerankOptions, llmRerank } from './llm-rerank.ts'

/** The stages that follow blending, in their order. Each is one file of libs/ranking, and off where the scenario says so. */
export function rankingStages(catalog: CatalogView, llm?: Omit<LlmRerankOptions, 'catalog'>): Stage[] {
  const plain = [boosts(catalog), lookAround(catalog), diversity(catalog), exploration(catalog)]
  return llm === undefined ? plain : [...plain, llmRerank({ ...llm, catalog })]
}

function boosts(catalog: CatalogView): Stage {
  return {
    name: 'boosts',
    run(draft, { chosen, circumstances }) {
      const boosted = boost(draft.candidates, chosen.scenario.boosts, catalog.itemOf, circumstances)
      return { ...draft, candidates: inOrder(boosted) }
    },
  }
}

/** A stranger's page is filled up with one of each category; see first-look.ts. */
function lookAround(catalog: CatalogView): Stage {
  return {
    name: 'first-look',
    run(draft, { cold, question, viewer, places, admission, voices }) {
      const missing = places - draft.candidates.length
      const open = question.about.itemIds === undefined && question.who.kind !== 'nobody'
      if (!cold || !open || missing <= 0) return draft
      const there = new Set(draft.candidates.map(({ itemId }) => itemId))
      const admits = (itemId: string) => !there.has(itemId) && admission.admits(itemId)
      const itemIds = firstLook(catalog.categories(), viewer.userId ?? '', missing, admits)
      const candidates = [...draft.candidates, ...blend(voices, itemIds)]
      return { ...draft, candidates, lookAround: new Set(itemIds) }
    },
  }
}

/** Makes the page: likeness, categories, sources and interests each have a say in who gets the next place. */
function diversity(catalog: CatalogView): Stage {
  return {
    name: 'diversity',
    run(draft, inquiry) {
      const placed = composePage(draft.candidates, inquiry.places, pageRules(draft, inquiry, catalog))
      const page = placed.map(({ candidate, penalty }) => ({
        candidate: withShare(candidate, { stage: 'diversity', share: -penalty }),
        exploration: false,
      }))
      return { ...draft, page }
    },
  }
}

function pageRules({ candidates }: Draft, inquiry: Inquiry, catalog: CatalogView): PageRules {
  const { chosen, mix, places, cold } = inquiry
  const { lambda, perCategory } = chosen.scenario.diversity
  const vectorOf = (itemId: string) => catalog.vectorOf(TEXT_SPACE, itemId)
  const hard: PageRule[] = []
  if ([...mix.values()].some(({ atMost }) => atMost < 1)) hard.push(atMostShares(mix, places))
  if (perCategory !== undefined) hard.push(categoryLimit(perCategory, categoryIn(catalog)))
  const soft: PageRule[] = []
  if ([...mix.values()].some(({ atLeast }) => atLeast > 0)) {
    soft.push(atLeastShares(mix, places, candidates))
  }
  if (chosen.scenario.interests.seats) {
    const interests = inquiry.interests()
    if (interests.length > 1) soft.push(interestSeats(interests, candidates, vectorOf))
  }
  return {
    hard,
    soft,
    ...(lambda < 1 && !cold && { penalty: likenessPenalty(candidates, vectorOf, lambda) }),
  }
}

function categoryIn(catalog: CatalogView): (itemId: string) => string {
  return (itemId) => catalog.itemOf(itemId)?.category ?? ''
}

function exploration(catalog: CatalogView): Stage {
  return {
    name: 'exploration',
    run(draft, { chosen, question, voices }) {
      const fresh = voices.find(({ source }) => source === 'fresh')
      if (chosen.scenario.exploration.share === 0 || fresh === undefined) return draft
      const proposed = new Set(fresh.proposed.map(({ itemId }) => itemId))
      const pool = draft.candidates.filter(({ itemId }) => proposed.has(itemId))
      const page = draft.page.map(({ candidate }) => candidate)
      const { exploration, diversity } = chosen.scenario
      const fits = withinCategories(diversity.perCategory, catalog)
      const explored = explore(page, pool, exploration, question.recommendationId, fits)
      const there = new Set(explored.map(({ candidate }) => candidate.itemId))
      const displaced = page.map(({ itemId }) => itemId).filter((itemId) => !there.has(itemId))
      return { ...draft, page: explored, displaced: new Set(displaced) }
    },
  }
}

function withinCategories(most: number | undefined, catalog: CatalogView): Fits | undefined {
  if (most === undefined) return undefined
  return (beside) => {
    const limit = categoryLimit(most, categoryIn(catalog))
    for (const candidate of beside) limit.take(candidate)
    return limit.admits
  }
}
