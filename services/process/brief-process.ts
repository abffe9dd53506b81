import type { Settings } from '../../libs/settings/settings.ts'
import { openHealth } from '../../libs/telemetry/health.ts'
import { closingList } from '../../libs/telemetry/orderly-shutdown.ts'
import { processTelemetry } from '../../libs/telemetry/process-telemetry.ts'
import { openTelemetry, type Telemetry } from '../../libs/telemetry/telemetry.ts'
import { trackerTelemetry } from '../tracker/tracker-telemetry.ts'
import { openProgress, type Progress } from './progress.ts'
import { addTracker } from './start-roles.ts'
import { type Ground, type OpenLog, type OpenStore, openEmbedding, openLog, openStore } from './substrate.ts'

/** What a command has at hand while it runs. */
export interface Brief {
  readonly ground: Ground
  readonly telemetry: Telemetry
  readonly progress: Progress
}

/** Runs a command that opens what it needs, does one thing and ends: whatever was opened is closed after it. */
export async function briefProcess<T>(
  service: string,
  settings: Settings,
  work: (brief: Brief) => Promise<T>,
): Promise<T> {
  const telemetry = openTelemetry({ service, level: settings.LOG_LEVEL })
  const progress = openProgress()
  const closing = closingList()
  const say = processTelemetry(telemetry)
  const ground = { settings, health: openHealth(), closing, say, onProgress: progress.report }
  try {
    return await work({ ground, telemetry, progress })
  } finally {
    progress.finish()
    await closing.closeAll()
  }
}

/** Log and store with somebody who takes the one into the other: on the embedded ones a tracker of its own, unless a
 *  running Halflife does; on Kafka and Redis the trackers that run there do. */
export async function openTracked({ ground, telemetry }: Brief): Promise<OpenLog & OpenStore> {
  const { settings, closing } = ground
  const embedding = await openEmbedding(ground, telemetry)
  const opened = { ...(await openLog(ground)), ...(await openStore(ground, embedding)) }
  if (settings.KAFKA_BROKERS === undefined) {
    await addTracker(settings, closing, opened, trackerTelemetry(telemetry))
  }
  return opened
}
