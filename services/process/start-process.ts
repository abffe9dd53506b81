import type { FastifyInstance } from 'fastify'
import type { ModelProgress } from '../../libs/embedding/model/model-source.ts'
import { openDoorway } from '../../libs/http/doorway.ts'
import { httpService } from '../../libs/http/http-service.ts'
import { httpTelemetry } from '../../libs/http/http-telemetry.ts'
import { waitingRoom } from '../../libs/http/waiting-room.ts'
import { configFile } from '../../libs/scenario/config-file.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import { openHealth } from '../../libs/telemetry/health.ts'
import { healthTelemetry } from '../../libs/telemetry/health-telemetry.ts'
import { type Closing, closingList } from '../../libs/telemetry/orderly-shutdown.ts'
import { type ProcessTelemetry, processTelemetry } from '../../libs/telemetry/process-telemetry.ts'
import { openTelemetry, type Telemetry } from '../../libs/telemetry/telemetry.ts'
import { collector } from '../collector/collector.ts'
import { collectorTelemetry } from '../collector/collector-telemetry.ts'
import { startScorer } from '../scorer/scorer.ts'
import { scorerTelemetry } from '../scorer/scorer-telemetry.ts'
import { startTracker } from '../tracker/tracker.ts'
import { trackerTelemetry } from '../tracker/tracker-telemetry.ts'
import { openAdmission } from './admission.ts'
import { boundsOf, suppliedSpaces } from './contract.ts'
import { type Ground, type OpenLog, type OpenStore, openLog, openStore } from './substrate.ts'

export type Role = 'collector' | 'tracker' | 'scorer'

export interface ProcessOptions {
  /** One service, or all three in one process. */
  readonly roles: readonly Role[]
  /** As it appears in logs and metrics. */
  readonly service: string
  readonly settings: Settings
  readonly onProgress: (progress: ModelProgress) => void
  /** Called before anything is opened: whoever ends the process closes what is in the list by then. */
  readonly onOpening?: (closing: Closing, say: ProcessTelemetry) => void
  /** Work to be done before the process counts as ready; for all roles together, log and store are at hand. */
  readonly prepare?: (opened: OpenLog & OpenStore) => Promise<void>
}

export interface RunningProcess {
  readonly port: number
  readonly closing: Closing
  readonly say: ProcessTelemetry
}

/** Starts the services: opens the port, then waits for log and store, then lets requests in. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { settings, service, roles } = options
  const telemetry = openTelemetry({ service, level: settings.LOG_LEVEL })
  const say = processTelemetry(telemetry)
  const health = openHealth()
  healthTelemetry(telemetry, health)
  const closing = closingList()
  options.onOpening?.(closing, say)
  const title = `Halflife ${service}`
  const frame = {
    title,
    telemetry,
    health,
    say: httpTelemetry(telemetry),
    maxBodyBytes: settings.MAX_BODY_BYTES,
  }

  // A tracker holds nothing that could be asked for.
  const serves = roles.some((role) => role !== 'tracker')
  const admission = serves ? await openAdmission(settings, closing, telemetry) : undefined
  const lobby = await httpService(frame)
  await lobby.register(waitingRoom)
  const door = await openDoorway({ host: settings.HOST, port: settings.PORT }, lobby)
  say.listening({ port: door.port })
  const starting = health.await('start')
  const ground = { settings, health, closing, say, onProgress: options.onProgress }
  try {
    const app = await httpService({ ...frame, ...(admission && { admission }) })
    await startRoles(app, options, ground, telemetry)
    await door.admit(app)
  } catch (error) {
    await Promise.all([door.close(), closing.closeAll()])
    throw error
  }
  // Closed first of all: no new requests while what they need is being closed.
  closing.add(() => door.close())
  starting.done()
  say.started({ roles, port: door.port })
  return { port: door.port, closing, say }
}

async function startRoles(
  app: FastifyInstance,
  { roles, settings, prepare }: ProcessOptions,
  ground: Ground,
  telemetry: Telemetry,
): Promise<void> {
  const log = roles.some((role) => role !== 'scorer') ? await openLog(ground) : undefined
  const store = roles.some((role) => role !== 'collector') ? await openStore(ground, telemetry) : undefined
  if (roles.includes('collector')) await addCollector(app, settings, log!, telemetry)
  if (roles.includes('tracker')) await addTracker(ground, { ...log!, ...store! }, telemetry)
  if (prepare !== undefined) await prepare({ ...log!, ...store! })
  if (roles.includes('scorer')) await addScorer(app, ground, store!, telemetry)
}

async function addCollector(
  app: FastifyInstance,
  settings: Settings,
  { log, topics }: OpenLog,
  telemetry: Telemetry,
) {
  await collector(app, {
    log,
    topics,
    weights: settings.EVENT_WEIGHTS,
    spaces: suppliedSpaces(settings),
    say: collectorTelemetry(telemetry),
    now: Date.now,
  })
}

export async function addTracker(
  { settings, closing }: Ground,
  opened: OpenLog & OpenStore,
  telemetry: Telemetry,
): Promise<void> {
  const tracker = await startTracker({
    ...opened,
    shape: opened.contract.shape,
    bounds: boundsOf(settings),
    weights: settings.EVENT_WEIGHTS,
    trendingHalfLifeMs: settings.TRENDING_HALF_LIFE * 1_000,
    groupPrefix: settings.TOPIC_PREFIX,
    say: trackerTelemetry(telemetry),
    now: Date.now,
  })
  closing.add(() => tracker.close())
}

async function addScorer(
  app: FastifyInstance,
  { settings, closing }: Ground,
  opened: OpenStore,
  telemetry: Telemetry,
): Promise<void> {
  const scorer = await startScorer(app, {
    ...opened,
    shape: opened.contract.shape,
    bounds: boundsOf(settings),
    eventWeights: settings.EVENT_WEIGHTS,
    scoreWeights: { spaces: settings.SPACE_WEIGHTS, timescales: settings.TIMESCALE_WEIGHTS },
    trendingHalfLifeMs: settings.TRENDING_HALF_LIFE * 1_000,
    configFile: configFile(settings.CONFIG_FILE),
    mostInHand: settings.REQUESTS_IN_HAND,
    answerWithinMs: settings.ANSWER_WITHIN * 1_000,
    say: scorerTelemetry(telemetry),
    now: Date.now,
  })
  closing.add(() => scorer.close())
}
