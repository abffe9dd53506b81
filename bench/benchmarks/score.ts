import { type Bench, type Benchmark, sizesWithin } from '../benchmark.ts'
import { against, type Figure, figureOf, type Run } from '../figure.ts'
import { askingFor, fullLoad, steadyLoad } from '../load.ts'
import { startReference, startService, untilIdle } from '../service-process.ts'
import { ASKING_USERS, readOnlyWorld } from '../stored-world.ts'

const RESPONSIVE_MS = 50

/** Answers a second; and at half of that load, put on both, how long they take. */
export const score: Benchmark = {
  name: 'score',
  measures: 'requests a second, p50 and p99 of /recommendations, against a bare index and Fastify',
  quickly: '10,000 items, 1 s a run, once, instead of 1,000 to 1,000,000 items, 10 s, three times',
  async run(bench) {
    const figures: Figure[] = []
    const sizes = bench.quick ? [10_000] : sizesWithin([1_000, 10_000, 100_000, 1_000_000], bench)
    for (const items of sizes) figures.push(...(await scoreAt(items, bench)))
    return figures
  },
}

async function scoreAt(items: number, bench: Bench): Promise<Figure[]> {
  const { place } = await readOnlyWorld(items, bench)
  const scorer = await startService(['scorer'], place.environment, bench)
  const body = await (await fetch(`${scorer.url}/v1/users/user-0/recommendations`)).text()
  const bare = await startReference('bare-scorer.ts', [String(items), body], {}, bench)
  await untilIdle(scorer, (seconds) => bench.progress('Waiting for the graph', seconds, 0))
  const seconds = bench.quick ? 1 : 10
  const runs = bench.quick ? 1 : 3
  const path = askingFor(ASKING_USERS)
  const next = () => ({ path: path() })
  // Both are warm before either is measured.
  for (const { url } of [scorer, bare]) await fullLoad(url, 1, next)
  await scorer.usage()
  const [rates, middles, tails]: Run[][] = [[], [], []]
  for (let run = 0; run < runs; run++) {
    const best = await fullLoad(scorer.url, seconds, next)
    rates!.push(against('bare', best, await fullLoad(bare.url, seconds, next)))
    const slow = await steadyLoad(scorer.url, seconds, path, best / 2)
    const bareSlow = await steadyLoad(bare.url, seconds, path, best / 2)
    middles!.push(against('bare', slow.p50, bareSlow.p50))
    tails!.push(against('bare', slow.p99, bareSlow.p99))
    bench.progress(`Asking for answers out of ${items} items`, run + 1, runs)
  }
  const delay = against('responsive', (await scorer.usage()).loopDelayMs, RESPONSIVE_MS)
  await Promise.all([scorer.stop(), bare.stop()])
  return [
    figureOf(`score ${items} items`, 'requests/s', undefined, rates!),
    figureOf(`score ${items} items p50`, 'ms', undefined, middles!),
    figureOf(`score ${items} items p99`, 'ms', { sense: 'at most', ratio: 2 }, tails!),
    figureOf(`score ${items} items event loop p99`, 'ms', { sense: 'at most', ratio: 1 }, [delay]),
  ]
}
