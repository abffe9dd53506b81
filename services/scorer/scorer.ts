import type { FastifyInstance } from 'fastify'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import type { EventWeights } from '../../libs/event/event-type.ts'
import type { InterestShape } from '../../libs/interest/interest-shape.ts'
import type { UserBounds } from '../../libs/interest/user-state.ts'
import type { Memory } from '../../libs/learning/model-sources.ts'
import type { ChatModel } from '../../libs/llm/chat-model.ts'
import type { TopicNames } from '../../libs/log/event-log.ts'
import type { ScoreWeights } from '../../libs/ranking/taste.ts'
import { chooseScenario, type ScenarioConfig } from '../../libs/scenario/scenario-config.ts'
import type { ModelStore } from '../../libs/store/model-store.ts'
import type { Store } from '../../libs/store/store.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'
import { answering } from './answer.ts'
import { catalogView } from './catalog-view.ts'
import { openCommunity } from './community/community.ts'
import { type ImpressionLogOptions, impressionLog } from './impression-log.ts'
import { interestSentences } from './interest-sentence.ts'
import { modelView } from './model-view.ts'
import { privateHistory } from './private-history.ts'
import { recalledUsers } from './recalled-users.ts'
import { recommender } from './recommender.ts'
import { scorerRoutes } from './scorer-routes.ts'
import type { ScorerTelemetry } from './scorer-telemetry.ts'
import { openSources } from './sources.ts'
import { rankingStages } from './stages.ts'
import { trendingView } from './trending-view.ts'
import { turnstile as openTurnstile, type Turnstile } from './turnstile.ts'
import { userChanges } from './user-changes.ts'
import { viewers as openViewers } from './viewer.ts'

export interface ScorerOptions {
  readonly store: Store & ModelStore
  readonly embedder: Embedder
  readonly shape: InterestShape
  readonly bounds: UserBounds
  /** What a learned model may read of a user. */
  readonly memory: Memory
  readonly eventWeights: EventWeights
  readonly scoreWeights: ScoreWeights
  readonly trendingHalfLifeMs: number
  readonly trendingBy: readonly string[]
  readonly segmentBy: readonly string[]
  /** The scenarios in force. */
  readonly scenarios: () => ScenarioConfig
  readonly mostInHand: number
  readonly answerWithinMs: number
  readonly mostStreams: number
  readonly degraded: string | undefined
  /** undefined: none is set. */
  readonly llm: ChatModel | undefined
  readonly topics: TopicNames
  /** Where impressions go; undefined: nowhere. */
  readonly log: ImpressionLogOptions['log'] | undefined
  readonly say: ScorerTelemetry
  readonly now: () => number
}

/** A changed item is ranked anew within this time. */
const FOLLOW_CATALOG_MS = 250
/** What others do is seen within this time: trends, neighbours, what goes together, and a new model. */
const FOLLOW_OTHERS_MS = 1_000

/** Loads the catalog, then answers on `app` and follows it until closed. @throws HL_STORE_UNAVAILABLE */
export async function startScorer(
  app: FastifyInstance,
  options: ScorerOptions,
): Promise<{ close(): Promise<void> }> {
  const { store, embedder, shape, say, now, degraded, log, topics, llm } = options
  const catalog = catalogView(store, shape.spaces, store.nearest)
  const trending = trendingView(catalog, options)
  const users = recalledUsers(store, shape, catalog)
  const community = openCommunity({ ...options, store: users })
  const models = modelView(store, options.memory, say)
  const followCatalog = async () => {
    const changed = await catalog.followChanges()
    say.catalogFollowed({ changed, size: catalog.size, outsideGraph: catalog.outsideGraph })
  }
  const followOthers = async () => {
    const partitions = await store.readPartitions()
    await trending.refresh(partitions, now())
    say.communityFollowed({ ...(await community.follow(partitions)), size: community.size })
    await models.follow()
  }
  await followCatalog()
  await followOthers()
  const following = [
    repeatEvery(FOLLOW_CATALOG_MS, followCatalog, say.refreshFailed),
    repeatEvery(FOLLOW_OTHERS_MS, followOthers, say.refreshFailed),
  ]
  const { segments } = community
  const viewers = openViewers({
    store: users,
    embedder,
    shape,
    bounds: options.bounds,
    segmentInterest: segments.interestOf,
  })
  const recommend = recommender({
    catalog,
    viewers,
    embedder,
    shape,
    sources: openSources({ ...options, catalog, trending, community, models }),
    stages: rankingStages(catalog, llm && { model: llm, say }),
    choose: (scenario, userId) => chooseScenario(options.scenarios(), scenario, userId),
    weights: options.scoreWeights,
    onSourceFailure: say.sourceLeftOut,
    now,
  })
  const impressions = log && impressionLog({ log, topic: topics.impressions, say })
  const turnstile = gateOf(options)
  const changes = userChanges(store, say.streamFailed)
  await app.register(scorerRoutes, {
    changes,
    sentences: llm && interestSentences(llm),
    mostStreams: options.mostStreams,
    say,
    answer: answering({ recommender: recommend, catalog, turnstile, say, impressions, degraded }),
    history: privateHistory({ ...options, catalog, weights: options.eventWeights }),
    recommender: recommend,
    viewers,
    catalog,
    shape,
    now,
    degraded,
  })
  return {
    async close() {
      for (const each of following) each.stop()
      changes.stop()
      await impressions?.close()
    },
  }
}

function gateOf({ mostInHand, answerWithinMs, say }: ScorerOptions): Turnstile {
  return openTurnstile({
    mostInHand,
    withinMs: answerWithinMs,
    clock: () => performance.now(),
    onShed: say.requestShed,
  })
}
