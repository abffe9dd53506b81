import type { Embedder } from '../../libs/embedding/embedder.ts'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { TEXT_SPACE } from '../../libs/event/item-vectors.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { blend } from '../../libs/ranking/blend.ts'
import { admission as admissionOf, type Filters } from '../../libs/ranking/filters.ts'
import type { SourceName } from '../../libs/ranking/source-name.ts'
import type { ScoreWeights } from '../../libs/ranking/taste.ts'
import type { Scenario } from '../../libs/scenario/scenario.ts'
import type { ChosenScenario } from '../../libs/scenario/scenario-config.ts'
import { askSources, type LeftOut } from './ask-sources.ts'
import type { CatalogView } from './catalog-view.ts'
import type { Draft, Inquiry, Stage } from './draft.ts'
import { interestsFor } from './interests-for.ts'
import { mixOf } from './mix.ts'
import type { About, Question } from './question.ts'
import type { Source, SourceRequest } from './source.ts'
import type { Viewers } from './viewer.ts'

export interface RecommenderOptions {
  readonly catalog: CatalogView
  readonly viewers: Viewers
  readonly embedder: Pick<Embedder, 'embed'>
  readonly shape: InterestShape
  readonly sources: readonly Source[]
  readonly stages: readonly Stage[]
  /** @throws HL_SCENARIO */
  readonly choose: (scenario: string, userId: string | undefined) => ChosenScenario
  /** What spaces and timescales count where the scenario does not say. */
  readonly weights: ScoreWeights
  readonly onSourceFailure: (facts: LeftOut & { readonly error: unknown }) => void
  readonly now: () => number
}

export interface Ranking {
  readonly inquiry: Inquiry
  readonly draft: Draft
}

/** Answers questions by the pipeline: viewer, sources, blend, stages. Every answer is computed from the state as it is at
 *  that moment. */
export interface Recommender {
  /** `also`: an item to be judged among the candidates although nobody may have proposed it, unless a filter keeps it out.
   *  @throws HL_SCENARIO, HL_ITEM_UNKNOWN, HL_QUERY, HL_STORE_UNAVAILABLE */
  rank(question: Question, also?: string): Promise<Ranking>
}

export function recommender(options: RecommenderOptions): Recommender {
  const { catalog, shape } = options
  const sources = new Map<SourceName, Source>(options.sources.map((source) => [source.name, source]))

  async function inquire(question: Question): Promise<Inquiry> {
    const { who, about } = question
    const chosen = options.choose(question.scenario, who.kind === 'user' ? who.userId : undefined)
    const { scenario } = chosen
    const nowMs = options.now()
    const weights = weightsOf(scenario, options.weights)
    // Together: neither waits for the other.
    const [viewer, vectors] = await Promise.all([
      options.viewers.viewerOf(who, weights, nowMs),
      vectorsAbout(about),
    ])
    question.stillWanted?.()
    const circumstances = { user: viewer.attributes, context: question.context }
    const admission = admissionOf(filtersOf(scenario, about), asked(question), catalog, {
      seen: viewer.state?.seen ?? [],
      circumstances,
      nowMs,
    })
    const cold = viewer.taste === undefined && Object.keys(vectors).length === 0
    const mix = mixOf(scenario, about, cold)
    const places = question.limit ?? scenario.limit
    const interests = once(() => interestsFor(viewer, shape, catalog, scenario.interests.most))
    const request: SourceRequest = {
      viewer,
      context: question.context,
      nowMs,
      interests,
      about: vectors,
      itemId: about.itemId,
      supplied: about.itemIds,
      within: admission.within,
    }
    const { voices, leftOut } = await askSources(sources, {
      mix,
      request,
      admits: admission.admits,
      places,
      propose: !isListOnly(scenario, about),
      deadlineMs: scenario.deadlineMs,
      onFailure: options.onSourceFailure,
    })
    return {
      question,
      chosen,
      viewer,
      circumstances,
      admission,
      mix,
      voices,
      leftOut,
      interests,
      cold,
      places,
      nowMs,
    }
  }

  /** @throws HL_ITEM_UNKNOWN, HL_QUERY when space or dimension do not exist */
  async function vectorsAbout({ query, itemId, vector }: About): Promise<SourceRequest['about']> {
    if (query !== undefined) {
      const [embedded] = await options.embedder.embed([query])
      return { query: new Map([[TEXT_SPACE, embedded!]]) }
    }
    if (itemId !== undefined) {
      const vectors = catalog.vectorsOf(itemId)
      if (vectors === undefined) {
        throw new HalflifeError('HL_ITEM_UNKNOWN', `item ${itemId} is not in the catalog`)
      }
      // The catalog's own lie in the index, which may not be given a part of itself to search for.
      const similar = new Map([...vectors].map(([space, own]) => [space, own.slice()]))
      return { similar }
    }
    if (vector === undefined) return {}
    const dimension = shape.spaces.find(({ name }) => name === vector.space)?.dimension
    if (dimension !== vector.vector.length) {
      const detail = `space ${JSON.stringify(vector.space)} has ${dimension ?? 'no'} dimensions, the vector ${vector.vector.length}`
      throw new HalflifeError('HL_QUERY', detail)
    }
    return { vector: new Map([[vector.space, vector.vector]]) }
  }

  return {
    async rank(question, also) {
      const inquiry = await inquire(question)
      const itemIds = candidateIds(inquiry)
      if (also !== undefined && inquiry.admission.admits(also)) itemIds.add(also)
      let draft: Draft = { candidates: blend(inquiry.voices, itemIds), lookAround: new Set(), page: [] }
      for (const stage of options.stages) draft = await stage.run(draft, inquiry)
      return { inquiry, draft }
    },
  }
}

/** The caller's list alone, or what the sources propose. */
function candidateIds({ chosen, question, voices, admission }: Inquiry): Set<string> {
  const { about } = question
  if (isListOnly(chosen.scenario, about)) return new Set(about.itemIds!.filter(admission.admits))
  return new Set(voices.flatMap(({ proposed }) => proposed.map(({ itemId }) => itemId)))
}

function isListOnly(scenario: Scenario, { itemIds }: About): boolean {
  return itemIds !== undefined && scenario.supplied.only
}

/** Of a list that the caller supplied, nothing is left out for having been seen, unless the request asks for it. */
function filtersOf(scenario: Scenario, about: About): Filters {
  return isListOnly(scenario, about) ? { ...scenario.filters, seen: 'off' } : scenario.filters
}

/** An item is not shown beside itself. */
function asked({ filters, about }: Question): Question['filters'] {
  if (about.itemId === undefined) return filters
  return { ...filters, exclude: [...(filters.exclude ?? []), about.itemId] }
}

function weightsOf({ spaces, timescales }: Scenario, otherwise: ScoreWeights): ScoreWeights {
  return { spaces: spaces ?? otherwise.spaces, timescales: timescales ?? otherwise.timescales }
}

function once<T>(compute: () => T): () => T {
  let kept: { value: T } | undefined
  return () => {
    kept ??= { value: compute() }
    return kept.value
  }
}
