import { Command } from 'commander'
import { readSettings } from '../../../libs/settings/settings.ts'
import { briefProcess } from '../../process/brief-process.ts'
import { type OpenLog, openLog } from '../../process/substrate.ts'
import { wholeNumber } from '../whole-number.ts'
import { replayDeadLetters, unknownDeadLetter } from './replay-dead-letters.ts'
import { deadLetterTable, wholeDeadLetter } from './show-dead-letters.ts'
import { type DeadLetter, readDeadLetters } from './stored-dead-letter.ts'

const MOST_LISTED = 10_000

export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('records that could not be understood: see why, and put them back after a fix')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
}

function listCommand(): Command {
  return new Command('list')
    .description('the newest dead letters: key, code, time, reason')
    .option('--limit <n>', 'how many at most', wholeNumber(1, MOST_LISTED), 20)
    .action(async ({ limit }: { limit: number }) => {
      const newest = await withLog((opened) => newestDeadLetters(opened, limit))
      process.stdout.write(newest.length === 0 ? 'There are no dead letters.\n' : deadLetterTable(newest))
    })
}

function showCommand(): Command {
  return new Command('show')
    .description('one dead letter with all its headers, and its value as text or in hexadecimal')
    .argument('<key>', 'from the list: topic/partition/offset')
    .action(async (key: string) => {
      process.stdout.write(wholeDeadLetter(await withLog((opened) => deadLetterOf(key, opened))))
    })
}

function replayCommand(): Command {
  return new Command('replay')
    .description('put dead letters back into the topics they came from; each counts once, however often')
    .argument('[keys...]', 'from the list')
    .option('--all', 'every one')
    .action(async (keys: string[], { all = false }: { all?: boolean }, command: Command) => {
      if (all === keys.length > 0) command.error('error: give keys from the list, or --all')
      const chosen = all ? undefined : new Set(keys)
      const { replayed, superseded, forgotten, foreign, incomplete } = await withLog(({ log, topics }) =>
        replayDeadLetters(chosen, log, topics),
      )
      const newer = superseded > 0 ? `, left out ${superseded} of which the log holds a newer record` : ''
      const gone = forgotten > 0 ? `, left out ${forgotten} of users who were forgotten since` : ''
      const others = foreign > 0 ? `, left out ${foreign} that are no events, items or users of here` : ''
      const cut = incomplete > 0 ? `, left out ${incomplete} whose value was too large to be set aside` : ''
      process.stdout.write(`put back ${replayed}${newer}${gone}${others}${cut}\n`)
    })
}

/** Newest first, each once, although a batch that came again may have set it aside again. */
async function newestDeadLetters({ log, topics }: OpenLog, limit: number): Promise<DeadLetter[]> {
  const newest = new Map<string, DeadLetter>()
  for await (const letter of readDeadLetters(log, topics.deadLetter)) {
    newest.delete(letter.key)
    newest.set(letter.key, letter)
    if (newest.size > limit) newest.delete(newest.keys().next().value!)
  }
  return [...newest.values()].reverse()
}

/** @throws HL_DEAD_LETTER */
async function deadLetterOf(key: string, { log, topics }: OpenLog): Promise<DeadLetter> {
  for await (const letter of readDeadLetters(log, topics.deadLetter)) if (letter.key === key) return letter
  throw unknownDeadLetter(key)
}

function withLog<T>(work: (opened: OpenLog) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env)
  return briefProcess('dead-letters', settings, async ({ ground }) => work(await openLog(ground)))
}
