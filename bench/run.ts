/** `npm run bench [-- NAME… --quick --json FILE]` */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import Table from 'cli-table3'
import { Command } from 'commander'
import { messageOf } from '../libs/errors/halflife-error.ts'
import { type Substrate, startSubstrate } from '../tests/substrate/substrate.ts'
import type { Bench, Benchmark } from './benchmark.ts'
import { embed } from './benchmarks/embed.ts'
import { pipeline } from './benchmarks/pipeline.ts'
import { recall } from './benchmarks/recall.ts'
import { score } from './benchmarks/score.ts'
import { type Figure, spreadOf } from './figure.ts'

const benchmarks: readonly Benchmark[] = [pipeline, embed, score, recall]
const defaultResults = join(import.meta.dirname, 'results.json')

const program = new Command('bench')
  .description(
    'Measures Halflife against references in the same run. The ratio is the figure; the rest is this machine.',
  )
  .argument('[names...]', `which: ${benchmarks.map(({ name }) => name).join(', ')}; all when none is named`)
  .option('--quick', 'a first look within a minute: smaller inputs', false)
  .option('--json <file>', 'where the results go', defaultResults)
  .addHelpText(
    'after',
    `\n${benchmarks.map(({ name, measures }) => `  ${name.padEnd(10)}${measures}`).join('\n')}`,
  )
  .parse()

const { quick, json } = program.opts<{ quick: boolean; json: string }>()
const say = (line: string) => void process.stderr.write(`${line}\n`)

const cleanings: (() => Promise<void>)[] = []
async function cleanUp(): Promise<void> {
  for (const clean of cleanings.splice(0).reverse()) await clean()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)))
}

function chosen(): Benchmark[] {
  const names = program.args
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name))
  if (unknown !== undefined) program.error(`there is no benchmark ${unknown}; see --help`)
  return benchmarks.filter(({ name }) => names.length === 0 || names.includes(name))
}

function openBench(): Bench {
  let substrate: Promise<Substrate> | undefined
  return {
    quick,
    say,
    whenOver: (clean) => void cleanings.push(clean),
    substrate() {
      substrate ??= startSubstrate(say).then((started) => {
        cleanings.push(started.stop)
        return started
      })
      return substrate
    },
  }
}

function tableOf(figures: readonly Figure[]): string {
  const head = ['name', 'figure', 'unit', 'reference', 'limit', 'ratio', 'spread', 'goal', 'met']
  const table = new Table({ head, style: { head: [], border: [] } })
  const shown = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 4 })
  for (const figure of figures) {
    const { name, unit, ratio, goal, met } = figure
    const spread = `±${Math.round(spreadOf(figure) * 100)} %`
    const numbers = [shown(figure.figure), unit, shown(figure.reference), shown(figure.limit)]
    table.push([name, ...numbers, ratio.toFixed(2), spread, goal, met ? 'yes' : 'no'])
  }
  return table.toString()
}

try {
  const bench = openBench()
  const figures: Figure[] = []
  for (const benchmark of chosen()) {
    say(`\n${benchmark.name}: ${benchmark.measures}${quick ? `\n  quick: ${benchmark.quickly}` : ''}`)
    figures.push(...(await benchmark.run(bench)))
  }
  await mkdir(dirname(json), { recursive: true })
  await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`)
  process.stdout.write(`${tableOf(figures)}\n`)
} catch (error) {
  say(`bench: ${messageOf(error)}`)
  process.exitCode = 1
} finally {
  await cleanUp()
}
