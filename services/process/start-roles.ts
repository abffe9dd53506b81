import type { FastifyInstance } from 'fastify'
import { configFile } from '../../libs/scenario/config-file.ts'
import { followConfig } from '../../libs/scenario/follow-config.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import type { Closing } from '../../libs/telemetry/orderly-shutdown.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'
import { collector } from '../collector/collector.ts'
import { type CollectorTelemetry, collectorTelemetry } from '../collector/collector-telemetry.ts'
import { letHeapGrow } from '../scorer/heap-growth.ts'
import { type ScorerOptions, startScorer } from '../scorer/scorer.ts'
import { type ScorerTelemetry, scorerTelemetry } from '../scorer/scorer-telemetry.ts'
import { startTracker, type TrackerOptions } from '../tracker/tracker.ts'
import { type TrackerTelemetry, trackerTelemetry } from '../tracker/tracker-telemetry.ts'
import { boundsOf, memoryOf, suppliedSpaces } from './contract.ts'
import { openLlm } from './open-llm.ts'
import type { OpenLog, OpenStore } from './substrate.ts'

export type Role = 'collector' | 'tracker' | 'scorer'

/** What each role of a process has to say. Made once: the metrics outlive the generation of the store. */
export interface Voices {
  readonly collector: CollectorTelemetry | undefined
  readonly tracker: TrackerTelemetry | undefined
  readonly scorer: ScorerTelemetry | undefined
}

export function voicesOf(roles: readonly Role[], telemetry: Telemetry): Voices {
  return {
    collector: roles.includes('collector') ? collectorTelemetry(telemetry) : undefined,
    tracker: roles.includes('tracker') ? trackerTelemetry(telemetry) : undefined,
    scorer: roles.includes('scorer') ? scorerTelemetry(telemetry) : undefined,
  }
}

/** The scenarios in force. Followed once for a process: a broken file changes nothing, whatever becomes of the store. Where
 *  nothing is ranked, none. @throws HL_CONFIG */
export async function openScenarios(
  settings: Settings,
  closing: Closing,
  say: ScorerTelemetry | undefined,
): Promise<ScorerOptions['scenarios'] | undefined> {
  if (say === undefined) return undefined
  const config = await followConfig(configFile(settings.CONFIG_FILE), say)
  closing.add(config.close)
  return config.current
}

export type ShownLog = Pick<ScorerOptions, 'log' | 'topics'>

export interface RolesOptions {
  readonly settings: Settings
  readonly closing: Closing
  readonly voices: Voices
  /** There when a role needs it: all but the scorer do. */
  readonly log: OpenLog | undefined
  /** There when a role needs it: the scorer does. */
  readonly scenarios: ScorerOptions['scenarios'] | undefined
  /** Where a scorer writes down what it has shown. */
  readonly shownLog: ShownLog
  /** There when a role needs it: all but the collector do. */
  readonly store: OpenStore | undefined
  /** Work to be done before the scorer starts. */
  readonly prepare: () => Promise<void>
}

/** Starts the roles that have a voice. */
export async function startRoles(app: FastifyInstance, options: RolesOptions): Promise<void> {
  const { settings, closing, voices, log, scenarios, shownLog, store, prepare } = options
  if (voices.collector) await addCollector(app, settings, log!, voices.collector)
  if (voices.tracker) await addTracker(settings, closing, { ...log!, ...store! }, voices.tracker)
  await prepare()
  if (voices.scorer) {
    const opened = { ...store!, ...shownLog, scenarios: scenarios! }
    await addScorer(app, settings, closing, opened, voices.scorer)
  }
}

async function addCollector(
  app: FastifyInstance,
  settings: Settings,
  { log, topics }: OpenLog,
  say: CollectorTelemetry,
): Promise<void> {
  const spaces = suppliedSpaces(settings)
  await collector(app, { log, topics, weights: settings.EVENT_WEIGHTS, spaces, say, now: Date.now })
}

/** @param more what is to be different from a tracker that runs for ever */
export async function addTracker(
  settings: Settings,
  closing: Closing,
  opened: OpenLog & OpenStore,
  say: TrackerTelemetry,
  more: Partial<TrackerOptions> = {},
): Promise<void> {
  const tracker = await startTracker({
    ...opened,
    shape: opened.contract.shape,
    bounds: boundsOf(settings),
    weights: settings.EVENT_WEIGHTS,
    trendingHalfLifeMs: settings.TRENDING_HALF_LIFE * 1_000,
    trendingBy: settings.TRENDING_BY,
    recentUsers: settings.RECENT_USERS,
    attributionWindowMs: settings.ATTRIBUTION_WINDOW * 1_000,
    groupPrefix: settings.TOPIC_PREFIX,
    say,
    now: Date.now,
    ...more,
  })
  closing.add(() => tracker.close())
}

async function addScorer(
  app: FastifyInstance,
  settings: Settings,
  closing: Closing,
  opened: OpenStore & ShownLog & Pick<ScorerOptions, 'scenarios'>,
  say: ScorerTelemetry,
): Promise<void> {
  letHeapGrow()
  const scorer = await startScorer(app, {
    ...opened,
    shape: opened.contract.shape,
    bounds: boundsOf(settings),
    memory: memoryOf(settings),
    eventWeights: settings.EVENT_WEIGHTS,
    scoreWeights: { spaces: settings.SPACE_WEIGHTS, timescales: settings.TIMESCALE_WEIGHTS },
    trendingHalfLifeMs: settings.TRENDING_HALF_LIFE * 1_000,
    trendingBy: settings.TRENDING_BY,
    segmentBy: settings.SEGMENT_BY,
    mostInHand: settings.REQUESTS_IN_HAND,
    answerWithinMs: settings.ANSWER_WITHIN * 1_000,
    mostStreams: settings.STREAMS,
    llm: openLlm(settings),
    say,
    now: Date.now,
  })
  closing.add(() => scorer.close())
}
