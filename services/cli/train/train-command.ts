import { Command } from 'commander'
import { wholeNumber } from '../whole-number.ts'
import type { TrainFlags } from './run-train.ts'

const MOST_KEPT = 100

export function trainCommand(): Command {
  return new Command('train')
    .description('learn from history which items go together, and let scorers serve it')
    .argument('[data]', 'the log when absent; or a folder, an export (.jsonl) or ml-100k, as for evaluate')
    .option('--min-core <n>', 'drop users and items with fewer events', wholeNumber(1, 1_000), 1)
    .option('--seed <n>', 'for every draw', wholeNumber(1, 2 ** 31 - 1), 1)
    .option('--keep <n>', 'models kept in the store, the newest', wholeNumber(1, MOST_KEPT), 5)
    .option('--config <file>', 'what halflife tune wrote; CONFIG_FILE or ./halflife.config.json where absent')
    .option('--force', 'promote the model even if it ranks worse than the one that serves', false)
    .addHelpText(
      'after',
      `
The newest tenth of history is first kept back: what was learned without it is asked about it, beside the model that
serves. If it ranks worse, nothing changes and the exit code is 1. Otherwise a model is learned from everything, put
into the store and promoted; scorers take it up within a second, without a restart.

Examples:
  halflife train
  halflife train ./history --min-core 5
  halflife models list`,
    )
    .action(async (what: string | undefined, flags: TrainFlags) => {
      // The model and the store are loaded by this command only.
      const { runTrain } = await import('./run-train.ts')
      await runTrain(what, flags)
    })
}
