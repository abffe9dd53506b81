import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoCatalog } from '../../services/standalone/demo-catalog.ts'
import type { Bench, Benchmark } from '../benchmark.ts'
import { against, type Figure, figureOf, type Run } from '../figure.ts'
import { type Environment, startReference, startService } from '../service-process.ts'
import { DIMENSION, readOnlyWorld } from '../stored-world.ts'

/** How long a process takes from its start to its readiness. */
export const start: Benchmark = {
  name: 'start',
  measures:
    'ms until standalone (its demo catalog embedded before) and a scorer are ready, against reading the vectors',
  quickly: 'a scorer of 10,000 items instead of 100,000, once instead of five times',
  async run(bench) {
    const folder = await mkdtemp(join(tmpdir(), 'halflife-bench-'))
    bench.whenOver(() => rm(folder, { recursive: true, force: true }))
    const environment = { DATA_DIR: join(folder, 'data') }
    const first = await startService(['start'], environment, bench)
    await first.stop()
    const demoItems = (await demoCatalog()).length
    const items = bench.quick ? 10_000 : Math.min(100_000, bench.upTo)
    const { place } = await readOnlyWorld(items, bench)
    return [
      await readiness('start standalone', ['start'], environment, demoItems, folder, bench),
      await readiness(`start scorer ${items} items`, ['scorer'], place.environment, items, folder, bench),
    ]
  },
}

async function readiness(
  name: string,
  command: readonly string[],
  environment: Environment,
  items: number,
  folder: string,
  bench: Bench,
): Promise<Figure> {
  const file = join(folder, `${items}.f32`)
  await writeFile(file, Buffer.alloc(items * DIMENSION * 4, 1))
  const times = bench.quick ? 1 : 5
  const runs: Run[] = []
  for (let run = 0; run < times; run++) {
    const service = await startService(command, environment, bench)
    await service.stop()
    const bare = await startReference('bare-reading.mjs', [file], {}, bench)
    await bare.stop()
    runs.push(against('Node reading the vectors', service.readyAfterMs, bare.readyAfterMs))
    bench.progress(`Starting: ${name}`, run + 1, times)
  }
  return figureOf(name, 'ms', { sense: 'at most', ratio: 2 }, runs)
}
