import { setTimeout } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { createLogUpdate } from 'log-update'
import { wholeNumber } from '../whole-number.ts'
import { frameText } from './frame.ts'
import { figuresOf } from './frame-figures.ts'
import { lookAt, topInterests } from './watched-services.ts'

interface TopFlags {
  readonly url: readonly string[]
  readonly user?: string
  readonly key?: string
  readonly every: number
  readonly once?: true
}

export function topCommand(): Command {
  return new Command('top')
    .description('what running services do, live: rates, lag, freshness, top interests')
    .option('--url <urls...>', 'where each service answers', ['http://localhost:8080'])
    .option('--user <id>', "show this user's interests instead of what is wanted most")
    .addOption(new Option('--key <key>', 'API key for interests').env('HALFLIFE_API_KEY'))
    .option('--every <seconds>', 'how often to look', wholeNumber(1, 3_600), 2)
    .option('--once', 'print one picture of the last interval and end')
    .addHelpText(
      'after',
      `
Quantiles are upper bounds, as fine as the buckets of the metric. The key needs recommendations:read.

Example:
  halflife top --url http://localhost:8081 http://localhost:8082 http://localhost:8083`,
    )
    .action(top)
}

async function top({ url: urls, user, key, every, once }: TopFlags): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort())
  const screen = createLogUpdate(process.stdout)
  let before = (await lookAt(urls)).scrape
  for (;;) {
    await setTimeout(every * 1_000, undefined, { signal: stopping.signal }).catch(() => undefined)
    if (stopping.signal.aborted) break
    const [{ scrape, services }, interests] = await Promise.all([lookAt(urls), topInterests(urls, user, key)])
    const text = frameText({ services, figures: figuresOf(before, scrape), interests, userId: user })
    if (once) {
      process.stdout.write(`${text}\n`)
      return
    }
    screen(text)
    before = scrape
  }
  screen.done()
}
