import { Counter, Gauge, Histogram } from 'prom-client'
import { messageOf } from '../../libs/errors/halflife-error.ts'
import { type LlmFailure, llmFailures } from '../../libs/llm/llm-failure.ts'
import { sourceNames } from '../../libs/ranking/source-name.ts'
import type { ConfigTelemetry } from '../../libs/scenario/follow-config.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'
import type { Headers, TraceContext } from '../../libs/telemetry/trace-context.ts'
import { type Laps, spanLaps } from '../../libs/telemetry/tracing.ts'
import type { LeftOut } from './ask-sources.ts'
import type { Basis } from './basis.ts'
import type { ModelTelemetry } from './model-view.ts'
import type { Shed } from './turnstile.ts'

export interface Ranked {
  readonly recommendationId: string
  readonly basis: Basis
  readonly scenario: string
  /** Empty where the scenario has none. */
  readonly variant: string
  readonly items: number
  readonly seconds: number
  /** What was not as it should be, by name; undefined when all was. */
  readonly degraded: string | undefined
  /** Of the request; empty when it carried none. */
  readonly trace: Partial<TraceContext>
}

/** Steps of an answer, in the order they are taken. */
export type Step = 'wait' | 'retrieve' | 'rank' | 'explain'

export interface LlmAsked {
  readonly purpose: 'rerank' | 'sentence'
  readonly outcome: 'answered' | LlmFailure
  readonly error?: unknown
}

/** Everything that can happen in a scorer, each with its log line and its metric. */
export interface ScorerTelemetry extends ConfigTelemetry, ModelTelemetry {
  ranked(facts: Ranked): void
  /** @param headers of the request; its trace shows how long each step took */
  stopwatch(headers: Headers): Laps<Step>
  catalogFollowed(facts: { changed: number; size: number; outsideGraph: number }): void
  communityFollowed(facts: { changed: number; behind: number; size: number }): void
  refreshFailed(error: unknown): void
  sourceLeftOut(facts: LeftOut & { readonly error: unknown }): void
  requestShed(facts: Shed): void
  llmAsked(facts: LlmAsked): void
  streamsOpen(count: number): void
  /** A new ranking could not be sent; it is tried again at once. */
  streamFailed(error: unknown): void
  impressionsLogged(pages: number): void
  /** `crowded`: too many waited for the log. */
  impressionsLost(facts: { reason: 'failed' | 'crowded'; pages: number; error?: unknown }): void
}

export function scorerTelemetry({ log, registry, tracing }: Telemetry): ScorerTelemetry {
  const registers = [registry]
  const duration = new Histogram({
    name: 'halflife_ranking_duration_seconds',
    help: 'Time to compute a ranking, by what it rests on.',
    labelNames: ['basis'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  })
  const answers = new Counter({
    name: 'halflife_answers_total',
    help: 'Ranked answers, by what was degraded in them: none, or its name.',
    labelNames: ['degraded'],
    registers,
  })
  for (const degraded of ['none', 'embedder', 'source', 'llm']) answers.inc({ degraded }, 0)
  const byScenario = new Counter({
    name: 'halflife_scenario_answers_total',
    help: 'Ranked answers, by scenario and variant.',
    labelNames: ['scenario', 'variant'],
    registers,
  })
  const leftOut = new Counter({
    name: 'halflife_sources_left_out_total',
    help: 'Answers that a source of candidates had no part in because it was late or failed.',
    labelNames: ['source', 'reason'],
    registers,
  })
  for (const source of sourceNames)
    for (const reason of ['late', 'failed']) leftOut.inc({ source, reason }, 0)
  const shed = new Counter({
    name: 'halflife_requests_shed_total',
    help: 'Requests refused because too many were in hand or they had waited too long, or too many streams were open.',
    labelNames: ['reason'],
    registers,
  })
  const impressions = new Counter({
    name: 'halflife_impressions_logged_total',
    help: 'Pages written to the log of impressions, or lost to it because it failed or too many waited.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['logged', 'failed', 'crowded']) impressions.inc({ outcome }, 0)
  const llm = new Counter({
    name: 'halflife_llm_questions_total',
    help: 'Questions to the language model, by what for, and whether it answered or why it was of no use.',
    labelNames: ['purpose', 'outcome'],
    registers,
  })
  for (const purpose of ['rerank', 'sentence'])
    for (const outcome of ['answered', ...llmFailures]) llm.inc({ purpose, outcome }, 0)
  const configurations = new Counter({
    name: 'halflife_configurations_total',
    help: 'Versions of the file of scenarios, by whether they were loaded or refused.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['loaded', 'refused']) configurations.inc({ outcome }, 0)
  for (const reason of ['queue', 'deadline', 'streams']) shed.inc({ reason }, 0)
  const streams = new Gauge({
    name: 'halflife_streams_open',
    help: 'Streams of rankings that somebody listens to.',
    registers,
  })
  const followedAt = new Gauge({
    name: 'halflife_index_followed_timestamp_seconds',
    help: 'When the index last held all that the store held, seconds since the epoch.',
    registers,
  })
  const size = new Gauge({ name: 'halflife_catalog_items', help: 'Items that can be ranked.', registers })
  const outsideGraph = new Gauge({
    name: 'halflife_catalog_items_outside_graph',
    help: 'Items that the graph has not taken in yet; they are searched exactly, which takes longer.',
    registers,
  })
  const followed = new Counter({
    name: 'halflife_catalog_changes_total',
    help: 'Item changes taken in from the store.',
    registers,
  })
  const communitySize = new Gauge({
    name: 'halflife_community_users',
    help: 'Users active lately, from whom neighbours, items that go together and segments are made.',
    registers,
  })
  const communityBehind = new Gauge({
    name: 'halflife_community_unread_users',
    help: 'Users active lately whose newest change has not been read yet.',
    registers,
  })
  const communityChanges = new Counter({
    name: 'halflife_community_changes_total',
    help: 'Changes of users active lately taken in from the store.',
    registers,
  })
  const failed = new Counter({
    name: 'halflife_refresh_failures_total',
    help: 'Failed attempts to follow the store; the scorer answers with what it has.',
    registers,
  })
  const model = new Gauge({
    name: 'halflife_learned_model_info',
    help: '1: the learned model that serves; an empty id when none does.',
    labelNames: ['id'],
    registers,
  })
  model.set({ id: '' }, 1)
  const refusedModels = new Counter({
    name: 'halflife_learned_models_refused_total',
    help: 'Promoted models that could not be read; the one before goes on serving.',
    registers,
  })
  return {
    ranked({ trace, ...facts }) {
      duration.observe({ basis: facts.basis }, facts.seconds)
      answers.inc({ degraded: facts.degraded ?? 'none' })
      byScenario.inc({ scenario: facts.scenario, variant: facts.variant })
      log.debug({ ...facts, ...trace }, 'Ranked.')
    },
    stopwatch: (headers) => spanLaps(tracing, headers),
    catalogFollowed(facts) {
      size.set(facts.size)
      outsideGraph.set(facts.outsideGraph)
      followedAt.setToCurrentTime()
      followed.inc(facts.changed)
      if (facts.changed > 0) log.debug(facts, 'Catalog followed.')
    },
    communityFollowed(facts) {
      communitySize.set(facts.size)
      communityBehind.set(facts.behind)
      communityChanges.inc(facts.changed)
      if (facts.changed > 0) log.debug(facts, 'Recently active users followed.')
    },
    refreshFailed(error) {
      failed.inc()
      log.debug(
        { reason: messageOf(error) },
        'The store could not be followed; answers rest on what is here.',
      )
    },
    sourceLeftOut({ source, reason, error }) {
      leftOut.inc({ source, reason })
      // What was late is told by its count; why something failed, by nothing else.
      log[reason === 'late' ? 'debug' : 'warn']({ source, reason, err: error }, 'Source left out.')
    },
    requestShed({ reason, ...facts }) {
      shed.inc({ reason })
      log.debug({ reason, ...facts }, 'Request shed.')
    },
    llmAsked({ purpose, outcome, error }) {
      llm.inc({ purpose, outcome })
      if (outcome !== 'answered')
        log.debug({ purpose, outcome, err: error }, 'The language model was of no use.')
    },
    streamsOpen: (count) => streams.set(count),
    streamFailed(error) {
      log.debug({ reason: messageOf(error) }, 'A stream has to wait for its next ranking.')
    },
    impressionsLogged: (pages) => impressions.inc({ outcome: 'logged' }, pages),
    impressionsLost({ reason, pages, error }) {
      impressions.inc({ outcome: reason }, pages)
      log.debug({ reason, pages, err: error }, 'Impressions were lost.')
    },
    modelTakenUp({ id, items }) {
      model.reset()
      model.set({ id: id ?? '' }, 1)
      log.info({ id, items }, id === undefined ? 'No learned model serves.' : 'Learned model taken up.')
    },
    modelRefused({ id, error }) {
      refusedModels.inc()
      log.error({ id, reason: messageOf(error) }, 'Learned model refused; the one before goes on serving.')
    },
    configLoaded(facts) {
      configurations.inc({ outcome: 'loaded' })
      log.info(facts, 'Configuration loaded.')
    },
    configRefused({ path, error }) {
      configurations.inc({ outcome: 'refused' })
      log.error({ path, reason: messageOf(error) }, 'Configuration refused; the one before stays in force.')
    },
  }
}
