import { Command, InvalidArgumentError, Option } from 'commander'
import { methodNames, partNames, usualMethods } from '../../../libs/evaluation/method.ts'
import { splitNames } from '../../../libs/evaluation/split.ts'
import { wholeNumber } from '../whole-number.ts'
import type { EvaluateFlags } from './evaluate-flags.ts'

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure how good the recommendations are, on history that is known')
    .argument('<data>', 'ml-100k (fetched), a folder with events and items, or an export (.jsonl)')
    .addOption(new Option('--split <name>', 'what is asked').choices(splitNames).default('leave-one-out'))
    .option('--min-core <n>', 'drop users and items with fewer events, until none is left', wholeNumber(1), 1)
    .option(
      '--methods <names>',
      `which to compare, by commas: ${methodNames.join(', ')}`,
      listOf(methodNames),
      usualMethods,
    )
    .option(
      '--without <parts>',
      `switch parts off, by commas: ${partNames.join(', ')}`,
      listOf(partNames),
      [],
    )
    .option('--users <n>', 'how many to ask, or all; by default as many as take minutes', someOrAll)
    .option('--seed <n>', 'for every draw; the same seed gives the same bytes', wholeNumber(1), 1)
    .option('--config <file>', 'what halflife tune wrote; CONFIG_FILE or ./halflife.config.json where absent')
    .option('--json <file>', 'write all figures')
    .option('--csv <file>', 'write all figures as a table')
    .option('--report <file>', 'write a page with charts (.html)')
    .addHelpText(
      'after',
      `
A folder holds events and, if wanted, items and users, each as .jsonl, .csv or .tsv, plain or .gz, with a header:
  events  user_id, item_id, timestamp (seconds, milliseconds or ISO), optional type, weight, session_id
  items   item_id, title, optional description, category, tags or genres (separated by |)
  users   user_id and any attributes, to compare groups by
Every weight is tuned on events before those that are asked about. docs/quality.md has the protocol.

Example:
  halflife evaluate ml-100k --json figures.json --report report.html`,
    )
    .action(async (what: string, flags: EvaluateFlags) => {
      // Charts, the model and the store are loaded by this command only.
      const { runEvaluate } = await import('./run-evaluate.ts')
      await runEvaluate(what, flags)
    })
}

function someOrAll(written: string): number | 'all' {
  return written === 'all' ? 'all' : wholeNumber(1)(written)
}

function listOf<T extends string>(
  allowed: readonly T[],
): (written: string, before: readonly T[]) => readonly T[] {
  return (written) =>
    written.split(',').map((name) => {
      const found = allowed.find((candidate) => candidate === name.trim())
      if (found === undefined) throw new InvalidArgumentError(`${name} is none of ${allowed.join(', ')}.`)
      return found
    })
}
