import { Command, InvalidArgumentError } from 'commander'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import { wholeNumber } from '../whole-number.ts'
import { importHistory } from './import-history.ts'
import type { ImportModelFlags } from './import-model.ts'
import { summaryTable } from './summary-table.ts'

export function importCommand(): Command {
  return new Command('import')
    .description(
      'publish items and events and wait until they are tracked; or take in what a cluster learned',
    )
    .argument(
      '<what>',
      'movielens (fetched, 100,000 ratings), demo (the demo catalog), or a file of JSON lines',
    )
    .addHelpText(
      'after',
      `
A line of a file is an event or an item, as the HTTP API takes them:
  {"type":"click","userId":"ann","itemId":"book-1"}
  {"itemId":"book-1","title":"A Quiet Orbit","tags":["science fiction"]}`,
    )
    .action(async (what: string) => {
      const summary = await importHistory(what, readSettings(process.env))
      process.stdout.write(summaryTable(summary))
      if (summary.items + summary.events > 0 || summary.broken === 0) return
      const detail = `no line of ${what} is an item or an event; it is to hold JSON lines in UTF-8, not compressed`
      throw new HalflifeError('HL_IMPORT', detail)
    })
    .addCommand(itemItemCommand())
    .addCommand(vectorsCommand())
}

function itemItemCommand(): Command {
  return modelCommand('item-item', 'let scorers serve what goes together, as computed elsewhere')
    .option('--decay <places>', 'how fast a history fades where rows have no decay of their own', places, 8)
    .addHelpText(
      'after',
      `
A row says how strongly one item speaks for another:
  {"source":"book-1","target":"book-2","weight":0.31}
  {"source":"book-1","target":"book-3","weight":0.12,"decay":40}

A user's score for a target is the sum over their events of e^(-k/decay) times the weight, k being how many events were
newer. Rows with different decays are tables of their own, 12 at most. Keep the 100 to 300 strongest of each source: that
is what is held in memory and read for each event. Weights may have any unit: tables are mixed as standard scores.
${commonHelp}
Examples:
  halflife import item-item counts.parquet
  halflife import item-item ./counts/ --until 2026-11-20 --history ./sample
docs/scale.md computes such rows on a cluster engine.`,
    )
    .action(async (path: string, flags: ImportModelFlags) => runImportModel('item-item', path, flags))
}

function vectorsCommand(): Command {
  return modelCommand('vectors', 'let scorers serve item factors, as computed elsewhere')
    .addHelpText(
      'after',
      `
A row is an item and its vector in the behavior space, all of one length up to 1,024; only directions count:
  {"itemId":"book-1","vector":[0.12,-0.5,0.33]}

A user's vector is the decayed sum over the events that are remembered of them: nothing stored depends on these
vectors, and they can be replaced at any time. (Vectors of other spaces, such as images, come with the items
themselves: VECTOR_SPACES and "vectors" of an item.)
${commonHelp}
Example:
  halflife import vectors factors.parquet --until 2026-11-20 --history ./sample`,
    )
    .action(async (path: string, flags: ImportModelFlags) => runImportModel('vectors', path, flags))
}

const commonHelp = `
The file is Parquet or JSON lines (.jsonl), or a folder of either, as Spark writes it. Whole numbers are taken as ids,
too. The first row that cannot be read is named and nothing is imported.

The import makes a new model: the one that serves with this part replaced (--alone: of this part only). It is promoted
at once and can be taken back: halflife models list | rollback. With --history, events later than --until first fit how
much each part weighs, and then ask the model what came next; one that ranks worse than the one that serves is refused.
`

function modelCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<file>', '.parquet, .jsonl, or a folder of them')
    .option('--until <time>', 'newest event that was counted (ISO 8601); now where absent', moment)
    .option('--history <data>', 'weigh and try it on this: a folder, an export (.jsonl) or ml-100k')
    .option('--alone', 'a model of this part only, without the others of the one that serves', false)
    .option('--seed <n>', 'for every draw', wholeNumber(1, 2 ** 31 - 1), 1)
    .option('--keep <n>', 'models kept in the store, the newest', wholeNumber(1, 100), 5)
    .option('--force', 'promote it though it ranks worse, or though no item is in the catalog', false)
}

async function runImportModel(
  kind: 'item-item' | 'vectors',
  path: string,
  flags: ImportModelFlags,
): Promise<void> {
  // The model and the store are loaded by this command only.
  const { importModel } = await import('./import-model.ts')
  await importModel(kind, path, flags)
}

const MOST_PLACES = 1_000

function places(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= MOST_PLACES) return value
  throw new InvalidArgumentError(`Give a number above 0, at most ${MOST_PLACES}.`)
}

function moment(text: string): number {
  const ms = Date.parse(text)
  if (Number.isFinite(ms)) return ms
  throw new InvalidArgumentError('Give a time such as 2026-11-20 or 2026-11-20T08:00:00Z.')
}
