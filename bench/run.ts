/** `npm run bench [-- NAME… --quick --json FILE]` */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { messageOf } from '../libs/errors/halflife-error.ts'
import { openProgress } from '../services/process/progress.ts'
import { type Substrate, startSubstrate } from '../tests/substrate/substrate.ts'
import type { Bench, Benchmark } from './benchmark.ts'
import { embed } from './benchmarks/embed.ts'
import { embedded } from './benchmarks/embedded.ts'
import { freshness } from './benchmarks/freshness.ts'
import { growth } from './benchmarks/growth.ts'
import { intake } from './benchmarks/intake.ts'
import { memory } from './benchmarks/memory.ts'
import { pipeline } from './benchmarks/pipeline.ts'
import { pipelineCpu } from './benchmarks/pipeline-cpu.ts'
import { precision } from './benchmarks/precision.ts'
import { recall } from './benchmarks/recall.ts'
import { scaleOut } from './benchmarks/scale-out.ts'
import { score } from './benchmarks/score.ts'
import { start } from './benchmarks/start.ts'
import { drawCharts } from './charts.ts'
import type { Figure } from './figure.ts'
import { tableOf } from './table.ts'

const benchmarks: readonly Benchmark[] = [
  ...[pipeline, pipelineCpu, embedded, intake, embed, score],
  ...[recall, precision, freshness, memory, growth, start, scaleOut],
]

const program = new Command('bench')
  .description(
    'Measures Halflife against references in the same run. The ratio is the figure; the rest is this machine.',
  )
  .argument('[names...]', `which: ${benchmarks.map(({ name }) => name).join(', ')}; all when none is named`)
  .option('--quick', 'a first look within a minute: smaller inputs, and not all of them', false)
  .option('--up-to <count>', 'no input of more items or users than this', Number, Number.POSITIVE_INFINITY)
  .option('--json <file>', 'where the results go', join(import.meta.dirname, 'results.json'))
  .option('--charts <folder>', 'where the charts go', join(import.meta.dirname, 'charts'))
  .option('--profiles <folder>', 'let services write their CPU profiles there')
  .addHelpText(
    'after',
    `\n${benchmarks.map(({ name, measures }) => `  ${name.padEnd(14)}${measures}`).join('\n')}`,
  )
  .parse()

interface Options {
  readonly quick: boolean
  readonly upTo: number
  readonly json: string
  readonly charts: string
  readonly profiles?: string
}

const { quick, upTo, json, charts, profiles } = program.opts<Options>()
const progress = openProgress()

function say(line: string): void {
  progress.finish()
  process.stderr.write(`${line}\n`)
}

const cleanings: (() => Promise<void>)[] = []
let interrupted = false

/** Also of what is still being started meanwhile. */
async function cleanUp(): Promise<void> {
  for (let clean = cleanings.pop(); clean !== undefined; clean = cleanings.pop()) {
    // One that fails keeps none of the others from being done.
    await clean().catch((error: unknown) => say(messageOf(error)))
  }
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true
    say('\nStopping what was started.')
    void cleanUp().finally(() => process.exit(130))
  })
}

function chosen(): Benchmark[] {
  const names = program.args
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name))
  if (unknown !== undefined) program.error(`there is no benchmark ${unknown}; see --help`)
  return benchmarks.filter(({ name, slow }) => (names.length === 0 ? !(quick && slow) : names.includes(name)))
}

function openBench(): Bench {
  const made = new Map<string, Promise<unknown>>()
  const once: Bench['once'] = (name, make) => {
    const known = made.get(name) ?? make()
    made.set(name, known)
    return known as ReturnType<typeof make>
  }
  return {
    quick,
    upTo,
    profiles: profiles && resolve(profiles),
    whenOver: (clean) => void (interrupted ? clean() : cleanings.push(clean)),
    progress: (step, done, total) => progress.report({ step, done, total }),
    once,
    substrate: () =>
      once('substrate', async () => {
        const substrate: Substrate = await startSubstrate(say)
        cleanings.push(substrate.stop)
        return substrate
      }),
  }
}

function secondsSince(beganMs: number): string {
  return `${((performance.now() - beganMs) / 1_000).toFixed(1)} s`
}

async function measureAll(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const benchmark of chosen()) {
    const beganMs = performance.now()
    say(`\n${benchmark.name}: ${benchmark.measures}${quick ? `\n  quick: ${benchmark.quickly}` : ''}`)
    figures.push(...(await benchmark.run(bench)))
    say(`  took ${secondsSince(beganMs)}`)
  }
  return figures
}

try {
  const beganMs = performance.now()
  const figures = await measureAll(openBench())
  await mkdir(dirname(json), { recursive: true })
  await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`)
  await drawCharts(figures, charts)
  say('')
  process.stdout.write(`${tableOf(figures)}\n`)
  const left = quick && program.args.length === 0 ? benchmarks.filter(({ slow }) => slow) : []
  if (left.length > 0) say(`Not measured quickly: ${left.map(({ name }) => name).join(', ')}.`)
  say(`${secondsSince(beganMs)} in all. Results: ${json}, charts: ${charts}`)
} catch (error) {
  // What fails because it is being stopped is no news.
  if (!interrupted) say(`bench: ${messageOf(error)}`)
  process.exitCode = 1
} finally {
  await cleanUp()
}
