import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { openDoorway } from '../../../libs/http/doorway.ts'
import { httpService } from '../../../libs/http/http-service.ts'
import { httpTelemetry } from '../../../libs/http/http-telemetry.ts'
import type { EpochMs } from '../../../libs/interest/time.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { type Brief, briefProcess } from '../../process/brief-process.ts'
import { clientLimitsOf } from '../../process/client-limits.ts'
import { suppliedSpaces } from '../../process/contract.ts'
import { sayBroken } from '../import/import-history.ts'
import { wholeNumber } from '../whole-number.ts'
import { openExport } from './exported-history.ts'
import { abandonRebuilds, type RebuildOptions, type RebuildSummary, rebuild } from './rebuild.ts'

interface CommandOptions {
  readonly keep: number
  readonly from?: string
  readonly until?: EpochMs
  readonly port?: number
  readonly abandon?: true
}

export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description('build the store anew from the log, beside the live one, and switch over in one step')
    .option(
      '--keep <seconds>',
      'how long the former one is kept for those who still read it',
      wholeNumber(0),
      60,
    )
    .option('--from <export>', 'a file of JSON lines that holds what the log no longer does; needs --until')
    .option(
      '--until <moment>',
      'the export holds all that happened, and had been received, before it; the log counts from there on',
      pastMoment,
    )
    .option('--port <port>', 'show /metrics there meanwhile', wholeNumber(0, 65_535))
    .option('--abandon', 'build nothing: remove what an interrupted rebuild has left behind')
    .addHelpText(
      'after',
      `
It is built under the settings at hand: half-lives, weights, model, vector spaces. Interrupted, it goes on when it is
called again with the same settings. Start services with new half-lives or another model before it ends: they wait for it.

Examples:
  TIMESCALES=session=900,recent=86400,lasting=2592000 halflife rebuild
  halflife rebuild --from archive.jsonl --until 2026-03-01T00:00:00Z`,
    )
    .action(async (options: CommandOptions, command: Command) => {
      if ((options.from === undefined) !== (options.until === undefined)) {
        command.error('error: --from and --until go together')
      }
      const settings = readSettings(process.env)
      const said = await briefProcess('rebuild', settings, async (brief) => {
        if (options.abandon) return `removed ${named(await abandonRebuilds(brief))}\n`
        if (options.port !== undefined) await showMetrics(options.port, settings, brief)
        return summaryOf(await rebuild(brief, await rebuildOptions(options, settings)))
      })
      process.stdout.write(said)
    })
}

async function rebuildOptions(
  { keep, from, until }: CommandOptions,
  settings: Settings,
): Promise<RebuildOptions> {
  const rules = { weights: settings.EVENT_WEIGHTS, spaces: suppliedSpaces(settings), nowMs: Date.now() }
  return {
    keepMs: keep * 1_000,
    exported: from !== undefined && until !== undefined ? await openExport(from, until, rules) : undefined,
    onBroken: sayBroken,
  }
}

/** For an option of commander: ms since the epoch. */
function pastMoment(text: string): EpochMs {
  const moment = z.iso.datetime({ offset: true }).safeParse(text)
  const ms = moment.success ? Date.parse(moment.data) : Number.NaN
  if (ms <= Date.now()) return ms
  throw new InvalidArgumentError('Give a moment that is past, such as 2026-03-01T00:00:00Z.')
}

function summaryOf({ generation, exported, events, catalog, removed }: RebuildSummary): string {
  const lines = exported > 0 ? `${exported} lines of the export, ` : ''
  return (
    `rebuilt as ${generation} from ${lines}${events} records of events and ${catalog} of the catalog, and switched over\n` +
    `removed ${named(removed)}\n`
  )
}

function named(generations: readonly string[]): string {
  if (generations.length === 0) return 'nothing'
  return generations.map((generation) => generation || 'what was there before any rebuild').join(', ')
}

async function showMetrics(port: number, settings: Settings, { ground, telemetry }: Brief): Promise<void> {
  const { health, closing, say } = ground
  const sayHttp = httpTelemetry(telemetry)
  const app = await httpService({
    title: 'Halflife rebuild',
    telemetry,
    health,
    say: sayHttp,
    maxBodyBytes: settings.MAX_BODY_BYTES,
  })
  const door = await openDoorway(
    { host: settings.HOST, port, limits: clientLimitsOf(settings) },
    sayHttp,
    app,
  )
  closing.add(() => door.close())
  say.listening({ port: door.port })
}
