import type { ShownPage } from '../../../libs/event/impression.ts'
import type { UserProfile } from '../../../libs/event/user-profile.ts'
import { fingerprintOf } from '../../../libs/interest/remembered-event.ts'
import { applyEvent, defaultBounds, emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import type { ChatModel } from '../../../libs/llm/chat-model.ts'
import { defaultScoreWeights } from '../../../libs/ranking/taste.ts'
import { chooseScenario, scenarioConfig } from '../../../libs/scenario/scenario-config.ts'
import type { PartitionState } from '../../../libs/store/interest-store.ts'
import type { CatalogView } from '../../../services/scorer/catalog-view.ts'
import { openCommunity } from '../../../services/scorer/community/community.ts'
import type { LiveModel } from '../../../services/scorer/model-view.ts'
import { putIntoWords } from '../../../services/scorer/put-into-words.ts'
import type { Question } from '../../../services/scorer/question.ts'
import { type Ranking, recommender } from '../../../services/scorer/recommender.ts'
import type { Source } from '../../../services/scorer/source.ts'
import { openSources } from '../../../services/scorer/sources.ts'
import { rankingStages } from '../../../services/scorer/stages.ts'
import { trendingView } from '../../../services/scorer/trending-view.ts'
import { type ViewersOptions, viewers } from '../../../services/scorer/viewer.ts'
import { shapeOf } from './small-catalog.ts'

export const NOW = Date.UTC(2026, 5, 1)

/** Events as [item, type, hours before NOW]. */
export type History = readonly (readonly [itemId: string, type: string, hoursAgo: number])[]

export interface SmallScorerOptions {
  readonly catalog: CatalogView
  readonly dimension?: number
  readonly users?: Readonly<Record<string, History>>
  readonly profiles?: Readonly<Record<string, UserProfile>>
  readonly trending?: Readonly<Record<string, number>>
  /** Trending weights by context, such as `country=DE`. */
  readonly contexts?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Ids of users who were active lately, last active last. */
  readonly active?: readonly string[]
  /** How often each item was shown, to anybody. */
  readonly impressions?: Readonly<Record<string, number>>
  /** Other ids of an account. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>
  /** What each user was shown. */
  readonly shown?: Readonly<Record<string, readonly ShownPage[]>>
  /** The learned model that serves. */
  readonly model?: LiveModel
  /** Instead of the ones of the same name, or beside the others. */
  readonly sources?: readonly Source[]
  readonly llm?: ChatModel
  readonly scenarios?: Readonly<Record<string, unknown>>
  readonly embed?: (texts: readonly string[]) => Promise<Float32Array[]>
  readonly segmentInterest?: ViewersOptions['segmentInterest']
}

/** The whole pipeline over a catalog and users in memory. It counts the round trips to the store. */
export async function smallScorer(options: SmallScorerOptions) {
  const { catalog, dimension = 4, users = {}, profiles = {} } = options
  const shape = shapeOf(dimension)
  const weights: Record<string, number> = { view: 1, click: 2, like: 4, purchase: 8, dislike: -4 }
  const trips: string[] = []
  const failures: { source: string; reason: string }[] = []

  function stateAfter(history: History): UserState {
    const state = emptyUser(shape)
    for (const [offset, [itemId, type, hoursAgo]] of history.entries()) {
      const event = {
        fingerprint: fingerprintOf(`${offset}`),
        itemId,
        type,
        occurredAtMs: NOW - hoursAgo * 3_600_000,
        weight: weights[type]!,
      }
      applyEvent(state, event, { partition: 'p/0', offset }, catalog.vectorsOf(itemId), shape, defaultBounds)
    }
    return state
  }

  function linked(userId: string, state: UserState): UserState {
    for (const [account, ids] of Object.entries(options.aliases ?? {})) {
      if (account === userId) state.aliases.push(...ids.map((id) => ({ userId: id, atMs: NOW })))
      if (ids.includes(userId)) state.aliasOf = { userId: account, atMs: NOW }
    }
    return state
  }

  const store = {
    async readUsers(userIds: readonly string[]) {
      trips.push(`users ${userIds.join()}`)
      return userIds.map((userId) => {
        const history = users[userId]
        return history && { state: linked(userId, stateAfter(history)), storedOffsets: '' }
      })
    },
    async readProfile(userId: string) {
      return profiles[userId]
    },
    async readShown(to: readonly string[]) {
      trips.push(`shown ${to.join()}`)
      return to.map((each) => [...(options.shown?.[each] ?? [])])
    },
  }
  const trendingHalfLifeMs = 24 * 3_600_000
  const topics = { impressions: 'impressions' }
  const trending = trendingView(catalog, { trendingHalfLifeMs, topics })
  const weighed = (counts: Readonly<Record<string, number>> = {}) => {
    return { landmarkMs: NOW, weights: new Map(Object.entries(counts)) }
  }
  const partition: PartitionState = {
    ...{ topic: 't', partition: 0, position: 0, trending: weighed(options.trending) },
    contexts: new Map(Object.entries(options.contexts ?? {}).map(([name, own]) => [name, weighed(own)])),
    recent: new Map(options.active?.map((userId, offset) => [userId, offset])),
  }
  const shown = {
    ...{ topic: topics.impressions, partition: 0, position: 0 },
    trending: weighed(options.impressions),
  }
  await trending.refresh([partition, shown], NOW)
  const segmentBy = ['country', 'ageBand']
  const community = openCommunity({
    store,
    shape,
    scoreWeights: defaultScoreWeights,
    segmentBy,
    trendingHalfLifeMs,
  })
  await community.follow([partition])
  trips.length = 0
  const embedder = { embed: options.embed ?? (() => Promise.reject(new Error('nothing is to be embedded'))) }
  const config = scenarioConfig({ scenarios: options.scenarios ?? {} })
  const own = options.sources ?? []
  const others = openSources({
    ...{ catalog, trending, community, shape, trendingHalfLifeMs },
    models: { current: () => options.model },
    trendingBy: ['country', 'device'],
  }).filter(({ name }) => own.every((each) => each.name !== name))
  const { segmentInterest = community.segments.interestOf } = options
  const ranker = recommender({
    catalog,
    viewers: viewers({ store, embedder, shape, bounds: defaultBounds, segmentInterest }),
    embedder,
    shape,
    sources: [...others, ...own],
    stages: rankingStages(catalog, options.llm && { model: options.llm, say: { llmAsked() {} } }),
    choose: (scenario, userId) => chooseScenario(config, scenario, userId),
    weights: defaultScoreWeights,
    onSourceFailure: ({ source, reason }) => failures.push({ source, reason }),
    now: () => NOW,
  })
  const rank = (question: Partial<Question>, also?: string) =>
    ranker.rank(
      {
        recommendationId: 'r1',
        scenario: 'home',
        who: { kind: 'user', userId: 'ann' },
        about: {},
        filters: {},
        context: {},
        ...question,
      },
      also,
    )
  const titleOf = (itemId: string) => catalog.itemOf(itemId)?.title
  const inWords = (ranking: Ranking) => putIntoWords(ranking, { titleOf, language: 'en', explain: true })
  return {
    trips,
    failures,
    stateAfter,
    rank,
    titleOf,
    ask: async (question: Partial<Question> = {}) => inWords(await rank(question)),
  }
}
