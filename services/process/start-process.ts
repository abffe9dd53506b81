import type { ModelProgress } from '../../libs/embedding/model/model-source.ts'
import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { openDoorway } from '../../libs/http/doorway.ts'
import { httpService } from '../../libs/http/http-service.ts'
import { httpTelemetry } from '../../libs/http/http-telemetry.ts'
import { waitingRoom } from '../../libs/http/waiting-room.ts'
import { topicNames } from '../../libs/log/event-log.ts'
import type { Settings } from '../../libs/settings/settings.ts'
import { openHealth } from '../../libs/telemetry/health.ts'
import { healthTelemetry } from '../../libs/telemetry/health-telemetry.ts'
import { withTracing } from '../../libs/telemetry/open-tracing.ts'
import { type Closing, closingList } from '../../libs/telemetry/orderly-shutdown.ts'
import { type ProcessTelemetry, processTelemetry } from '../../libs/telemetry/process-telemetry.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'
import { openTelemetry } from '../../libs/telemetry/telemetry.ts'
import { openAdmission } from './admission.ts'
import { clientLimitsOf } from './client-limits.ts'
import { followGenerations } from './follow-generations.ts'
import { openScenarios, type Role, type ShownLog, startRoles, voicesOf } from './start-roles.ts'
import {
  connectLog,
  type Ground,
  type OpenLog,
  type OpenStore,
  openEmbedding,
  openLog,
  openStore,
} from './substrate.ts'
import { waitUntilThere } from './wait-until-there.ts'

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
  /** The process could not go on, and everything is closed: the store was rebuilt under another contract. */
  readonly onFailed?: (error: unknown) => void
}

export interface RunningProcess {
  readonly port: number
  readonly closing: Closing
  readonly say: ProcessTelemetry
}

/** Starts the services: opens the port, then waits for log and store, then lets requests in. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { settings, service, roles } = options
  const telemetry = await withTracing(openTelemetry({ service, level: settings.LOG_LEVEL }), {
    service,
    url: tracesUrl(settings),
  })
  const say = processTelemetry(telemetry)
  const health = openHealth()
  healthTelemetry(telemetry, health)
  const closing = closingList()
  const { tracing } = telemetry
  // Closed last of all: what ends before has spans, too.
  if (tracing !== undefined) closing.add(tracing.close)
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
  const limits = clientLimitsOf(settings)
  const door = await openDoorway({ host: settings.HOST, port: settings.PORT, limits }, frame.say, lobby)
  say.listening({ port: door.port })
  const starting = health.await('start')
  const fail = (error: unknown) => endProcess(error, options, closing, say)
  const ground = { settings, health, closing, say, tracing, onProgress: options.onProgress }
  try {
    const voices = voicesOf(roles, telemetry)
    const scenarios = await openScenarios(settings, closing, voices.scorer)
    const log = roles.some((role) => role !== 'scorer') ? await openLog(ground) : undefined
    const shownLog = log ?? (await logAside(ground, fail))
    const needsStore = roles.some((role) => role !== 'collector')
    const embedding = needsStore ? await openEmbedding(ground, telemetry) : undefined
    /** Everything above the log, on the generation of the store that is live. */
    const serve = async (prepare?: ProcessOptions['prepare']) => {
      const own = closingList()
      try {
        const app = await httpService({ ...frame, ...(admission && { admission }) })
        const store = embedding && (await openStore({ ...ground, closing: own }, embedding))
        const prepared = async () => prepare?.({ ...log!, ...store! })
        const opened = { log, scenarios, shownLog, store }
        await startRoles(app, { settings, closing: own, voices, ...opened, prepare: prepared })
        await door.admit(app)
        return { store: store?.store, close: own.closeAll }
      } catch (error) {
        await own.closeAll()
        throw error
      }
    }
    // Redis may go away again while what it holds is being loaded.
    const first = await waitUntilThere('store', () => serve(options.prepare), say)
    closing.add(followGenerations(first, serve, say, fail).close)
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

/** By the rules of OpenTelemetry: the address for traces as it is, or the one for everything with their path. */
function tracesUrl({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own,
  OTEL_EXPORTER_OTLP_ENDPOINT: common,
}: Settings): string | undefined {
  return own ?? common?.replace(/\/?$/, '/v1/traces')
}

/** A log that is not there yet is asked again so soon. */
const ASK_AGAIN_MS = 1_000

/** A scorer by itself needs no log to answer: where it can reach one, it writes down what it has shown, and a log that is
 *  away keeps nobody waiting. One that refuses its password or certificate does so for good, and is for a person to mend. */
async function logAside(ground: Ground, onRefused: (error: unknown) => void): Promise<ShownLog> {
  const { settings, closing, say } = ground
  if (settings.KAFKA_BROKERS === undefined) {
    return { log: undefined, topics: topicNames(settings.TOPIC_PREFIX) }
  }
  const opened = await connectLog(ground)
  const asking = repeatEvery(
    ASK_AGAIN_MS,
    async () => {
      await opened.log.ping()
      asking.stop()
    },
    (error) => {
      if (isHalflifeError(error) && error.retryable) return say.waiting({ on: 'log', error })
      asking.stop()
      onRefused(error)
    },
  )
  closing.add(async () => asking.stop())
  return opened
}

async function endProcess(
  error: unknown,
  { onFailed }: ProcessOptions,
  closing: Closing,
  say: ProcessTelemetry,
): Promise<void> {
  say.failed(error)
  await closing.closeAll()
  onFailed?.(error)
}
