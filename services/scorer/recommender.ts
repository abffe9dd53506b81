import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import { blend } from '../../libs/ranking/blend.ts'
import type { Candidate } from '../../libs/ranking/candidate.ts'
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
import { once } from './once.ts'
import type { About, Question } from './question.ts'
import { findableOf } from './retrieve.ts'
import type { Source, SourceRequest } from './source.ts'
import { vectorsAbout } from './vectors-about.ts'
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

type Prepared = Omit<Inquiry, 'voices' | 'leftOut'> & { readonly vectors: SourceRequest['about'] }

export interface Ranking {
  readonly inquiry: Inquiry
  readonly draft: Draft
  /** The item that was asked about, as it would have stood among the candidates, where it is none of them. */
  readonly aside?: Candidate
}

/** Answers questions by the pipeline: viewer, sources, blend, stages. Every answer is computed from the state as it is at
 *  that moment. */
export interface Recommender {
  /** `also`: an item to be judged although nobody may have proposed it; the page is the one that it would be without.
   *  @throws HL_SCENARIO, HL_ITEM_UNKNOWN, HL_QUERY, HL_STORE_UNAVAILABLE */
  rank(question: Question, also?: string): Promise<Ranking>
}

export function recommender(options: RecommenderOptions): Recommender {
  const { catalog, shape } = options
  const sources = new Map<SourceName, Source>(options.sources.map((source) => [source.name, source]))

  /** Who asks and what they may see: all that must be known before the sources are asked. */
  async function prepare(question: Question): Promise<Prepared> {
    const { who, about } = question
    const chosen = options.choose(question.scenario, who.kind === 'user' ? who.userId : undefined)
    const { scenario } = chosen
    const nowMs = options.now()
    // Together: neither waits for the other.
    const beside = { shown: scenario.filters.ignored !== undefined }
    const [viewer, vectors] = await Promise.all([
      options.viewers.viewerOf(who, weightsOf(scenario, options.weights, shape), nowMs, beside),
      vectorsAbout(about, options),
    ])
    question.stillWanted?.()
    const circumstances = { user: viewer.attributes, context: question.context }
    const admission = admissionOf(filtersOf(scenario, about), asked(question), catalog, {
      seen: viewer.state?.seen.items ?? [],
      shown: viewer.shown,
      circumstances,
      nowMs,
    })
    const cold = viewer.taste === undefined && Object.keys(vectors).length === 0
    const mix = mixOf(scenario, about, cold)
    const places = question.limit ?? scenario.limit
    const interests = once(() => interestsFor(viewer, shape, catalog, scenario.interests.most))
    return {
      question,
      chosen,
      viewer,
      vectors,
      circumstances,
      admission,
      cold,
      mix,
      places,
      interests,
      nowMs,
    }
  }

  async function inquire(question: Question): Promise<Inquiry> {
    const prepared = await prepare(question)
    const { viewer, vectors, admission, mix, places, interests, nowMs, chosen } = prepared
    const { about, context } = question
    const request: SourceRequest = {
      viewer,
      context,
      nowMs,
      interests,
      about: vectors,
      itemId: about.itemId,
      places,
      supplied: about.itemIds,
      findable: findableOf(catalog, admission.admits, admission.within),
    }
    const { voices, leftOut } = await askSources(sources, {
      mix,
      request,
      admits: admission.admits,
      places,
      propose: !isListOnly(chosen.scenario, about),
      deadlineMs: chosen.scenario.deadlineMs,
      onFailure: options.onSourceFailure,
    })
    return { ...prepared, voices, leftOut }
  }

  async function judgedAside(itemId: string, inquiry: Inquiry): Promise<Candidate> {
    const alone = firstDraft([itemId], inquiry)
    const boosts = options.stages.find(({ name }) => name === 'boosts')
    const { candidates } = await (boosts?.run(alone, inquiry) ?? alone)
    return candidates[0]!
  }

  return {
    async rank(question, also) {
      const inquiry = await inquire(question)
      question.lap?.('retrieve')
      let draft = firstDraft(candidateIds(inquiry), inquiry)
      for (const stage of options.stages) draft = await stage.run(draft, inquiry)
      question.lap?.('rank')
      const isAside = also !== undefined && draft.candidates.every(({ itemId }) => itemId !== also)
      return { inquiry, draft, ...(isAside && { aside: await judgedAside(also, inquiry) }) }
    },
  }
}

function firstDraft(itemIds: Iterable<string>, { voices }: Inquiry): Draft {
  return { candidates: blend(voices, itemIds), lookAround: new Set(), page: [] }
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

/** A scenario that names none of the timescales that there are says nothing of them: the shipped ones know the default names
 *  only, and a page by no timescale at all would be nobody's. */
function weightsOf(
  { spaces, timescales = {} }: Scenario,
  otherwise: ScoreWeights,
  shape: InterestShape,
): ScoreWeights {
  const namesOne = shape.timescales.some(({ name }) => timescales[name] !== undefined)
  return {
    spaces: spaces ?? otherwise.spaces,
    timescales: namesOne ? timescales : otherwise.timescales,
  }
}
