import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, type Benchmark, sizesWithin } from '../benchmark.ts'
import { against, type Figure, figureOf, type Run } from '../figure.ts'
import { homeWorld } from '../home-world.ts'
import { askingFor, fullLoad, pagesOf, steadyLoad } from '../load.ts'
import { type ServiceProcess, startReference, startService, untilIdle } from '../service-process.ts'
import { ASKING_USERS } from '../stored-world.ts'

const RESPONSIVE_MS = 50

/** Answers a second; and at half of that load, put on both, how long they take. */
export const score: Benchmark = {
  name: 'score',
  measures: 'requests a second, CPU, p50 and p99 of the scenario home, against a bare index and Fastify',
  quickly: '6,000 items, 1 s a run, once, instead of 1,000 to 1,000,000 items, 10 s, three times',
  async run(bench) {
    const figures: Figure[] = []
    const sizes = bench.quick ? [6_000] : sizesWithin([1_000, 10_000, 100_000, 1_000_000], bench)
    for (const items of sizes) figures.push(...(await scoreAt(items, bench)))
    return figures
  },
}

async function scoreAt(items: number, bench: Bench): Promise<Figure[]> {
  const { place, vectors } = await homeWorld(items, bench)
  const scorer = await startService(['scorer'], place.environment, bench)
  await untilIdle(scorer, (seconds) => bench.progress('Waiting for the graph', seconds, 0))
  const body = await (await fetch(`${scorer.url}/v1/users/user-0/recommendations`)).text()
  const bare = await startReference('bare-scorer.ts', [await fileOf(vectors, bench), body], {}, bench)
  const seconds = bench.quick ? 1 : 10
  const runs = bench.quick ? 1 : 3
  const path = askingFor(ASKING_USERS)
  const next = pagesOf(ASKING_USERS)
  // Both are warm before either is measured.
  for (const { url } of [scorer, bare]) await fullLoad(url, bench.quick ? 1 : 5, next)
  await scorer.usage()
  const [rates, costs, middles, tails]: Run[][] = [[], [], [], []]
  for (let run = 0; run < runs; run++) {
    const full = async (service: ServiceProcess) => {
      const before = (await service.usage()).cpuMicros
      const rate = await fullLoad(service.url, seconds, next)
      return { rate, cost: ((await service.usage()).cpuMicros - before) / (rate * seconds) }
    }
    const [own, reference] = [await full(scorer), await full(bare)]
    rates!.push(against('bare', own.rate, reference.rate))
    costs!.push(against('bare', own.cost, reference.cost))
    const slow = await steadyLoad(scorer.url, seconds, path, own.rate / 2)
    const bareSlow = await steadyLoad(bare.url, seconds, path, own.rate / 2)
    middles!.push(against('bare', slow.p50, bareSlow.p50))
    tails!.push(against('bare', slow.p99, bareSlow.p99))
    bench.progress(`Asking for answers out of ${items} items`, run + 1, runs)
  }
  const delay = against('responsive', (await scorer.usage()).loopDelayMs, RESPONSIVE_MS)
  await Promise.all([scorer.stop(), bare.stop()])
  return [
    figureOf(`score ${items} items`, 'requests/s', undefined, rates!),
    figureOf(`score ${items} items CPU`, 'µs/answer', undefined, costs!),
    figureOf(`score ${items} items p50`, 'ms', undefined, middles!),
    figureOf(`score ${items} items p99`, 'ms', { sense: 'at most', ratio: 2 }, tails!),
    figureOf(`score ${items} items event loop p99`, 'ms', { sense: 'at most', ratio: 1 }, [delay]),
  ]
}

/** A file of the vectors, one after the other, for a process that knows nothing of the world. */
async function fileOf(vectors: readonly Float32Array[], bench: Bench): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-bench-'))
  bench.whenOver(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'vectors.f32')
  await writeFile(
    file,
    Buffer.concat(vectors.map((vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength))),
  )
  return file
}
