import { Command, Option } from 'commander'
import { splitNames } from '../../../libs/evaluation/split.ts'
import { wholeNumber } from '../whole-number.ts'
import type { TuneFlags } from './run-tune.ts'

export function tuneCommand(): Command {
  return new Command('tune')
    .description('find on your history how models are best learned and pages made, and write it down')
    .argument('<data>', 'ml-100k (fetched), a folder with events and items, or an export (.jsonl)')
    .addOption(new Option('--split <name>', 'as for evaluate').choices(splitNames).default('leave-one-out'))
    .option('--min-core <n>', 'drop users and items with fewer events, until none is left', wholeNumber(1), 1)
    .option('--scenario <name>', 'whose sources and timescales are weighed', 'home')
    .option('--rounds <n>', 'over all knobs, fewer when one changes nothing', wholeNumber(1, 10), 1)
    .option('--minutes <n>', 'begin no further step after so many', wholeNumber(1))
    .option('--seed <n>', 'for every draw; the same seed finds the same', wholeNumber(1), 1)
    .option('--out <file>', 'begun from and merged into; CONFIG_FILE or ./halflife.config.json where absent')
    .addHelpText(
      'after',
      `
One knob after another is turned, and stays turned where that ranks the validation clearly better: by two standard
errors. The test that halflife evaluate asks is never looked at. The file is read by halflife evaluate and halflife train
(how models are learned) and by the scorer (how pages are made); what only a setting can say is printed.

Example:
  halflife tune ./history --minutes 20
  halflife evaluate ./history`,
    )
    .action(async (what: string, flags: TuneFlags) => {
      // The model and the store are loaded by this command only.
      const { runTune } = await import('./run-tune.ts')
      await runTune(what, flags)
    })
}
