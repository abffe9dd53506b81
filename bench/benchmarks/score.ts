import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import autocannon from 'autocannon'
import { lexicalEmbedder } from '../../libs/embedding/lexical-embedder.ts'
import { emptyInterest } from '../../libs/interest/interest-state.ts'
import { emptyUser } from '../../libs/interest/user-state.ts'
import { readSettings, type Settings } from '../../libs/settings/settings.ts'
import type { UserWrite } from '../../libs/store/interest-store.ts'
import { redisStore } from '../../libs/store/redis/redis-store.ts'
import type { Store, StoreContract } from '../../libs/store/store.ts'
import { contractOf } from '../../services/process/contract.ts'
import type { Bench, Benchmark } from '../benchmark.ts'
import { type Figure, figureOf, type Run } from '../figure.ts'
import { clusteredVectors } from '../workload.ts'

const USERS = 500
const CONNECTIONS = 16

/** Answers a second, and how late the slowest of a hundred is at half that load, against an index and Fastify alone. */
export const score: Benchmark = {
  name: 'score',
  measures: 'requests a second and p99 at half load of /recommendations',
  quickly: '10,000 items, 2 s a run, once, instead of 1,000 to 100,000 items, 10 s, three times',
  async run(bench) {
    const figures: Figure[] = []
    for (const items of bench.quick ? [10_000] : [1_000, 10_000, 100_000]) {
      figures.push(...(await scoreAt(items, bench)))
    }
    return figures
  },
}

async function scoreAt(items: number, bench: Bench): Promise<Figure[]> {
  const { redis } = await bench.substrate()
  const name = `bench-${randomUUID().slice(0, 8)}`
  const settings = readSettings({ REDIS_URL: redis.address, KEY_PREFIX: name, EMBEDDER: 'lexical' })
  bench.say(`${items} items`)
  await fill(settings, items)
  const scorer = await server(['dist/services/cli/main.js', 'scorer'], settings, bench)
  const body = await (await fetch(`${scorer}/v1/users/user-0/recommendations`)).text()
  const bareArguments = ['--import', 'tsx', 'bench/references/bare-scorer.ts', String(items), body]
  const bare = await server(bareArguments, settings, bench)
  const seconds = bench.quick ? 2 : 10
  const rates: Run[] = []
  const tails: Run[] = []
  for (let run = 0; run < (bench.quick ? 1 : 3); run++) {
    const figure = (await load(scorer, seconds)).perSecond
    const limit = (await load(bare, seconds)).perSecond
    rates.push({ figure, limit, references: { bare: limit } })
    const slow = (await load(scorer, seconds, figure / 2)).p99
    const bareSlow = (await load(bare, seconds, limit / 2)).p99
    tails.push({ figure: slow, limit: bareSlow, references: { bare: bareSlow } })
  }
  return [
    figureOf(`score ${items} items`, 'requests/s', { sense: 'at least', ratio: 0.5 }, rates),
    figureOf(`score p99 ${items} items`, 'ms', { sense: 'at most', ratio: 2 }, tails),
  ]
}

async function load(
  url: string,
  seconds: number,
  rate?: number,
): Promise<{ perSecond: number; p99: number }> {
  let user = 0
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    ...(rate !== undefined && { overallRate: Math.max(CONNECTIONS, Math.round(rate)) }),
    requests: [
      {
        setupRequest: (request) => ({ ...request, path: `/v1/users/user-${user++ % USERS}/recommendations` }),
      },
    ],
  })
  if (result.non2xx + result.errors > 0)
    throw new Error(`${url} failed ${result.non2xx + result.errors} times`)
  return { perSecond: result.requests.average, p99: result.latency.p99 }
}

/** Starts a server in a process of its own; resolves with its address once it answers. */
async function server(args: readonly string[], settings: Settings, bench: Bench): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const { REDIS_URL = '', KEY_PREFIX } = settings
  const child = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH, HOME, PORT: '0', EMBEDDER: 'lexical', REDIS_URL, KEY_PREFIX },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  bench.whenOver(async () => {
    const ended = once(child, 'close')
    if (child.exitCode === null && child.kill()) await ended
  })
  for await (const line of createInterface({ input: child.stderr })) {
    const { msg, port } = JSON.parse(line) as { msg: string; port?: number }
    if (msg === 'Service started.') {
      child.stderr.resume()
      return `http://127.0.0.1:${port}`
    }
  }
  throw new Error(`${args.join(' ')} ended before it answered`)
}

/** Items and users straight into the store. */
async function fill(settings: Settings, items: number): Promise<void> {
  const contract = contractOf(settings, lexicalEmbedder())
  const store = await redisStore({ url: settings.REDIS_URL!, prefix: settings.KEY_PREFIX, contract })
  const vectors = clusteredVectors(items, contract.shape.spaces[0]!.dimension, 100, 17)
  const facts = { description: '', tags: [], attributes: {}, available: true }
  const writes = vectors.map((vector, i) => {
    const itemId = `item-${i}`
    const item = { itemId, title: `Item number ${i}`, category: `category-${i % 20}`, ...facts }
    const stored = { item, vectors: new Map([['text', vector]]), contentHash: itemId }
    return { itemId, stored, source: { partition: 0, offset: i } }
  })
  for (let start = 0; start < writes.length; start += 500)
    await store.writeItems(writes.slice(start, start + 500))
  await fillUsers(store, contract, vectors)
  await store.close()
}

async function fillUsers(
  store: Store,
  { shape }: StoreContract,
  vectors: readonly Float32Array[],
): Promise<void> {
  const nowMs = Date.now()
  const users = Array.from({ length: USERS }, (_, i): UserWrite => {
    const chosen = [i, i * 7 + 1, i * 13 + 2].map((n) => n % vectors.length)
    const interest = emptyInterest(shape)
    interest.asOfMs = nowMs
    interest.masses.fill(chosen.length)
    const dimension = vectors[0]!.length
    for (const item of chosen) {
      for (let at = 0; at < interest.sums.length; at++) interest.sums[at]! += vectors[item]![at % dimension]!
    }
    const remembered = chosen.map((item, n) => ({
      fingerprint: String(n).padStart(16, '0'),
      itemId: `item-${item}`,
      type: 'click',
      occurredAtMs: nowMs - n,
      weight: 1,
    }))
    const state = { ...emptyUser(shape), interest, remembered }
    return { userId: `user-${i}`, state, storedOffsets: undefined }
  })
  const trending = { landmarkMs: nowMs, weights: new Map<string, number>() }
  const partition = { topic: 'bench', partition: 0, position: 1, expectedPosition: undefined, trending }
  await store.commit({ users, partition })
}
