/* Trackers in processes of their own over a real Kafka and a real Redis, under faults that come by a seeded plan.
 *
 *   FAULTS=full        runs all that docs/reliability.md shows, some fifteen minutes
 *   FAULT_SEED=4711    takes another plan, and other events */
import { afterAll, expect, it } from 'vitest'
import { type RunOptions, runUnderFaults } from './fault-run.ts'
import { resultTable } from './result-table.ts'

const seed = Number(process.env.FAULT_SEED ?? 1)
const full = process.env.FAULTS === 'full'
const MOST_SHOWN = 10

const short: RunOptions = {
  seed,
  population: { events: 5_000, users: 300, items: 120 },
  partitions: 4,
  trackers: 2,
  counts: { crash: 4, zombie: 1, join: 1, leave: 1, redisRestart: 1, powerLoss: 2, brokerRestart: 0 },
  longestPauseMs: 800,
  networkTroubleEveryMs: 1_000,
}

const long: RunOptions = {
  seed,
  population: { events: 100_000, users: 2_000, items: 400 },
  partitions: 6,
  trackers: 3,
  counts: { crash: 100, zombie: 20, join: 20, leave: 20, redisRestart: 10, powerLoss: 10, brokerRestart: 5 },
  longestPauseMs: 1_000,
  networkTroubleEveryMs: 700,
}

/** A zombie is made by holding up the way to Redis, which leads to each node of a cluster past our proxies; and what nodes
 *  lose with the power they lose each by itself (docs/reliability.md). */
const onCluster: RunOptions = {
  ...short,
  cluster: true,
  counts: { crash: 4, zombie: 0, join: 1, leave: 1, redisRestart: 4, powerLoss: 0, brokerRestart: 0 },
}

const cleanings: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const clean of cleanings.reverse()) await clean()
}, 60_000)

it.each([
  ['a Redis', full ? long : short],
  ['a Redis Cluster', onCluster],
])(
  'over %s loses nothing and counts nothing twice, whatever is killed',
  {
    timeout: full ? 3_600_000 : 240_000,
  },
  async (_, options) => {
    try {
      const report = await runUnderFaults(options, (clean) => cleanings.push(clean))
      process.stdout.write(`${resultTable(options, report)}\n`)
      const problems = report.states.problems.slice(0, MOST_SHOWN)
      expect(problems, problems.join('\n')).toEqual([])
      expect(report.notInLog).toEqual([])
      expect(report.zombiesRefused).toBe(options.counts.zombie)
    } catch (error) {
      const command = `FAULT_SEED=${seed} ${full ? 'FAULTS=full ' : ''}npx vitest run --project real tests/faults`
      throw new Error(`Seed ${seed} failed (again with: ${command})`, { cause: error })
    }
  },
)
