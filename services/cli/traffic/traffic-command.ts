import { setTimeout } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { messageOf } from '../../../libs/errors/halflife-error.ts'
import type { ItemInput } from '../../../libs/event/item.ts'
import { demoCatalog } from '../../standalone/demo-catalog.ts'
import { wholeNumber } from '../whole-number.ts'
import { type HalflifeApi, halflifeApi, Refusal } from './halflife-api.ts'
import { runTraffic, type TrafficSummary } from './run-traffic.ts'
import { visits } from './visit.ts'

interface TrafficFlags {
  readonly url: string
  readonly eventsUrl?: string
  readonly answersUrl?: string
  readonly key?: string
  readonly rate: number
  readonly visitors: number
  readonly seed: number
}

export function trafficCommand(): Command {
  return new Command('traffic')
    .description('let made-up visitors use the demo catalog over HTTP until stopped, so that dashboards move')
    .option('--url <url>', 'where Halflife answers', 'http://localhost:8080')
    .option('--events-url <url>', 'where the collector answers, if not there')
    .option('--answers-url <url>', 'where the scorer answers, if not there')
    .addOption(new Option('--key <key>', 'API key').env('HALFLIFE_API_KEY'))
    .option('--rate <n>', 'visits a second, at most 1,000', wholeNumber(1, 1_000), 5)
    .option('--visitors <n>', 'visitors there are', wholeNumber(1, 1_000_000), 200)
    .option('--seed <n>', 'visitors behave alike for the same number', wholeNumber(0, 2 ** 31 - 1), 1)
    .addHelpText('after', '\nThe key needs events:write, items:write and recommendations:read.')
    .action(async (flags: TrafficFlags) => {
      const { visits, clicks, failures, skipped } = await traffic(flags)
      process.stdout.write(`visits ${visits}, clicks ${clicks}, failures ${failures}, skipped ${skipped}\n`)
    })
}

async function traffic({ url, rate, visitors, seed, key, ...flags }: TrafficFlags): Promise<TrafficSummary> {
  const stopping = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort())
  const { eventsUrl = url, answersUrl = url } = flags
  const api = halflifeApi({ eventsUrl, answersUrl, apiKey: key })
  const catalog = await demoCatalog()
  const generator = xoroshiro128plus(seed)
  const draw = () => uniformFloat64(generator)
  const said = sayOnce()
  await publish(catalog, api, stopping.signal, said)
  const visit = visits({ api, catalog, visitors, draw })
  return runTraffic({ visit, rate, signal: stopping.signal, onFailure: said })
}

const TRY_AGAIN_MS = 1_000

/** The services may still be starting. */
async function publish(
  catalog: readonly ItemInput[],
  api: HalflifeApi,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await api.putItems(catalog)
    } catch (error) {
      if (error instanceof Refusal) throw error
      onFailure(error)
      await setTimeout(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Tells a failure when it is another than the last. */
function sayOnce(): (error: unknown) => void {
  let last = ''
  return (error) => {
    const reason = messageOf(error)
    if (reason !== last) process.stderr.write(`${reason}\n`)
    last = reason
  }
}
