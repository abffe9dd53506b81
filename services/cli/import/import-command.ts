import type { Settings } from '../../../libs/settings/settings.ts'
import { openHealth } from '../../../libs/telemetry/health.ts'
import { closingList } from '../../../libs/telemetry/orderly-shutdown.ts'
import { processTelemetry } from '../../../libs/telemetry/process-telemetry.ts'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { suppliedSpaces } from '../../process/contract.ts'
import { openProgress } from '../../process/progress.ts'
import { addTracker } from '../../process/start-process.ts'
import { openLog, openStore } from '../../process/substrate.ts'
import { demoCatalog } from '../../standalone/demo-catalog.ts'
import type { ImportSource } from './import-source.ts'
import { jsonLinesSource } from './json-lines-source.ts'
import { movielensSource } from './movielens.ts'
import { type ImportSummary, runImport } from './run-import.ts'

/** Imports into whichever log and store are configured. On the embedded ones a tracker of its own takes the events in,
 *  unless a running Halflife does; on Kafka and Redis the trackers that run there do. */
export async function importCommand(what: string, settings: Settings): Promise<ImportSummary> {
  const telemetry = openTelemetry({ service: 'import', level: settings.LOG_LEVEL })
  const progress = openProgress()
  const closing = closingList()
  const say = processTelemetry(telemetry)
  const ground = { settings, health: openHealth(), closing, say, onProgress: progress.report }
  try {
    const source = await sourceOf(what, settings)
    const opened = { ...(await openLog(ground)), ...(await openStore(ground, telemetry)) }
    if (settings.KAFKA_BROKERS === undefined) await addTracker(ground, opened, telemetry)
    return await runImport(source, {
      opened,
      groupPrefix: settings.TOPIC_PREFIX,
      progress,
      onBroken: (line, error) => process.stderr.write(`line ${line}: ${error.code}: ${error.message}\n`),
    })
  } finally {
    progress.finish()
    await closing.closeAll()
  }
}

async function sourceOf(what: string, settings: Settings): Promise<ImportSource> {
  if (what === 'movielens') return movielensSource(settings.HALFLIFE_CACHE)
  if (what === 'demo') return demoSource()
  const rules = { weights: settings.EVENT_WEIGHTS, spaces: suppliedSpaces(settings), nowMs: Date.now() }
  return jsonLinesSource(what, rules)
}

async function demoSource(): Promise<ImportSource> {
  const items = await demoCatalog()
  return {
    items: {
      total: items.length,
      async *read() {
        for (const value of items) yield { value }
      },
    },
    events: { total: 0, async *read() {} },
  }
}
