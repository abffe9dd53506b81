import { Command } from 'commander'
import { openDoorway } from '../../../libs/http/doorway.ts'
import { httpService } from '../../../libs/http/http-service.ts'
import { httpTelemetry } from '../../../libs/http/http-telemetry.ts'
import { readSettings, type Settings } from '../../../libs/settings/settings.ts'
import { type Brief, briefProcess } from '../../process/brief-process.ts'
import { clientLimitsOf } from '../../process/client-limits.ts'
import { wholeNumber } from '../whole-number.ts'
import { abandonRebuilds, type RebuildSummary, rebuild } from './rebuild.ts'

interface RebuildOptions {
  readonly keep: number
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
    .option('--port <port>', 'show /metrics there meanwhile', wholeNumber(0, 65_535))
    .option('--abandon', 'build nothing: remove what an interrupted rebuild has left behind')
    .addHelpText(
      'after',
      `
It is built under the settings at hand: half-lives, weights, model, vector spaces. Interrupted, it goes on when it is
called again with the same settings. Start services with new half-lives or another model before it ends: they wait for it.

Example:
  TIMESCALES=session=900,recent=86400,lasting=2592000 halflife rebuild`,
    )
    .action(async (options: RebuildOptions) => {
      const settings = readSettings(process.env)
      const said = await briefProcess('rebuild', settings, async (brief) => {
        if (options.abandon) return `removed ${named(await abandonRebuilds(brief))}\n`
        if (options.port !== undefined) await showMetrics(options.port, settings, brief)
        return summaryOf(await rebuild(brief, options.keep * 1_000))
      })
      process.stdout.write(said)
    })
}

function summaryOf({ generation, events, catalog, removed }: RebuildSummary): string {
  return (
    `rebuilt as ${generation} from ${events} records of events and ${catalog} of the catalog, and switched over\n` +
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
