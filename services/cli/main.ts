#!/usr/bin/env -S node --max-semi-space-size=64 --no-allocation-site-pretenuring
import { Command } from 'commander'
import { ensureModel } from '../../libs/embedding/model/ensure-model.ts'
import { isHalflifeError, messageOf } from '../../libs/errors/halflife-error.ts'
import { readSettings, type SettingName } from '../../libs/settings/settings.ts'
import { exitOnSignal } from '../../libs/telemetry/orderly-shutdown.ts'
import { withProgress } from '../process/progress.ts'
import { startProcess } from '../process/start-process.ts'
import type { Role } from '../process/start-roles.ts'
import { startStandalone } from '../standalone/standalone.ts'
import { printable } from './printable.ts'

/** A wrong or missing setting; 1 is any other failure. */
const EXIT_SETTING = 2

/** What each service cannot do without, and what it does. */
const services: Readonly<Record<Role, { needs: readonly SettingName[]; does: string }>> = {
  collector: { needs: ['KAFKA_BROKERS'], does: 'take events, items and users over HTTP into Kafka' },
  tracker: {
    needs: ['KAFKA_BROKERS', 'REDIS_URL'],
    does: "keep users' interests in Redis up to date with Kafka",
  },
  scorer: { needs: ['REDIS_URL'], does: 'answer what a user should see next, from Redis' },
}

const program = new Command('halflife')
  .description('Knows what each user wants now, from a stream of events.')
  .addHelpText('after', '\nSettings come from environment variables; the table in README.md lists them all.')

program
  .command('start')
  .description('run everything in one process, over a log and a store embedded in DATA_DIR')
  .option('--no-demo', 'leave out the demo catalog that a new log begins with')
  .addHelpText('after', '\nExample:\n  PORT=9000 halflife start --no-demo')
  .action(async ({ demo }: { demo: boolean }) => {
    const settings = readSettings(process.env)
    const running = await withProgress((progress) =>
      startStandalone({ settings, demo, progress, onOpening: exitOnSignal, onFailed: exitFailed }),
    )
    process.stdout.write(
      `Halflife is ready on http://${settings.HOST}:${running.port} (API pages at /docs)\n`,
    )
  })

for (const [role, { needs, does }] of Object.entries(services) as [Role, (typeof services)[Role]][]) {
  program
    .command(role)
    .description(does)
    .addHelpText('after', `\nNeeds ${needs.join(' and ')}.`)
    .action(async () => {
      const settings = readSettings(process.env, needs)
      await withProgress((progress) =>
        startProcess({
          roles: [role],
          service: role,
          settings,
          onOpening: exitOnSignal,
          onFailed: exitFailed,
          onProgress: progress.report,
        }),
      )
    })
}

program
  .command('model')
  .description('fetch the embedding model into HALFLIFE_CACHE, or say where it is')
  .action(async () => {
    const { HALFLIFE_CACHE: cacheDir, MODEL_DIR: modelDir } = readSettings(process.env)
    const folder = await withProgress((progress) =>
      ensureModel({ cacheDir, ...(modelDir && { modelDir }), onProgress: progress.report }),
    )
    process.stdout.write(`${folder.model} in ${folder.path}\n`)
  })

// Services start without loading what the other commands need.
const [named] = process.argv.slice(2)
if (named === undefined || !program.commands.some((command) => command.name() === named)) {
  const { otherCommands } = await import('./other-commands.ts')
  for (const command of otherCommands()) program.addCommand(command)
}

program.parseAsync().catch(exitFailed)

function exitFailed(error: unknown): void {
  const prefix = isHalflifeError(error) ? `${error.code}: ` : ''
  const lines = messageOf(error).split('\n').map(printable)
  process.stderr.write(`halflife: ${prefix}${lines.join('\n')}\n`)
  process.exit(isHalflifeError(error, 'HL_SETTING') ? EXIT_SETTING : 1)
}
