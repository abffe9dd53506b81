import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { maxBatchRecords } from '../../libs/log/batch-limit.ts'
import { embeddedEventLog } from '../../libs/log/embedded/embedded-event-log.ts'
import { type LogRecord, topicNames } from '../../libs/log/event-log.ts'
import type { Bench, Benchmark } from '../benchmark.ts'
import { against, figureOf, type Run } from '../figure.ts'
import { bareLmdb, type StateBatch } from '../references/bare-lmdb.ts'
import { type ServiceProcess, startService } from '../service-process.ts'
import { eventsOf } from '../workload.ts'

const EVENTS_PER_REQUEST = 1_000
const SENDERS = 8
const LOOK_EVERY_MS = 10
const TOPIC = topicNames('halflife').events

/** From POST to state, all in one process and on disk. */
export const embedded: Benchmark = {
  name: 'embedded',
  measures:
    'events a second of standalone, from POST to states on disk, against LMDB alone with the same bytes',
  quickly: '10,000 events of 2,000 users, once, instead of 200,000 of 20,000, three times',
  async run(bench) {
    const runs: Run[] = []
    for (let run = 0; run < (bench.quick ? 1 : 3); run++) runs.push(await measure(bench))
    return [figureOf('embedded', 'events/s', { sense: 'at least', ratio: 0.7 }, runs)]
  },
}

async function measure(bench: Bench): Promise<Run> {
  const size = bench.quick
    ? { events: 10_000, users: 2_000, items: 500 }
    : { events: 200_000, users: 20_000, items: 2_000 }
  const folder = await freshFolder(bench)
  const service = await startService(['start', '--no-demo'], { DATA_DIR: folder }, bench)
  await putItems(service, size.items)
  const events = [...eventsOf(size.events, { ...size, beganMs: Date.now() - size.events })]
  const bodies = Array.from({ length: Math.ceil(events.length / EVENTS_PER_REQUEST) }, (_, n) =>
    JSON.stringify(events.slice(n * EVENTS_PER_REQUEST, (n + 1) * EVENTS_PER_REQUEST)),
  )
  const beganMs = performance.now()
  await Promise.all([sendAll(service, bodies), untilTracked(service, size.events, bench)])
  const figure = (size.events / (performance.now() - beganMs)) * 1_000
  await service.stop()
  const { appends, states } = await whatWasWritten(folder)
  const bareMs = await bareLmdb(await freshFolder(bench), appends, states)
  return against('LMDB alone', figure, (size.events / bareMs) * 1_000)
}

async function freshFolder(bench: Bench): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-bench-'))
  bench.whenOver(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function putItems(service: ServiceProcess, items: number): Promise<void> {
  for (let start = 0; start < items; start += 100) {
    const some = Array.from({ length: Math.min(100, items - start) }, (_, n) => ({
      itemId: `item-${start + n}`,
      title: `Item number ${start + n}`,
    }))
    await post(service, '/v1/items', JSON.stringify(some))
  }
  while ((await service.usage()).metric('halflife_catalog_items') < items) await shortly()
}

async function sendAll(service: ServiceProcess, bodies: readonly string[]): Promise<void> {
  let next = 0
  const sender = async () => {
    while (next < bodies.length) await post(service, '/v1/events', bodies[next++]!)
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
}

async function post({ url }: ServiceProcess, path: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}

async function untilTracked(service: ServiceProcess, events: number, bench: Bench): Promise<void> {
  for (;;) {
    const tracked = (await service.usage()).metric('halflife_events_total')
    bench.progress('Tracking into LMDB', tracked, events)
    if (tracked >= events) return
    await shortly()
  }
}

const shortly = () => new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))

/** The records as they were appended, and the final states as often as batches touched them. */
async function whatWasWritten(folder: string) {
  const log = embeddedEventLog({ path: join(folder, 'log') })
  const records = new Map<number, LogRecord[]>()
  for await (const record of log.read(TOPIC)) {
    const own = records.get(record.partition)
    if (own === undefined) records.set(record.partition, [record])
    else own.push(record)
  }
  await log.close()
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
  const root = open<Buffer, Buffer>({ path: join(folder, 'store'), maxDbs: 16, readOnly: true, ...binary })
  const users = root.openDB<Buffer, Buffer>('users', binary)
  const stateOf = (key: string) =>
    [Buffer.from(key), Buffer.from(users.getBinary(Buffer.from(key))!)] as const
  const states = [...records.values()].flatMap((own) =>
    pieces(own, maxBatchRecords).map((batch): StateBatch => {
      return [...new Set(batch.map(({ key }) => key!.toString()))].map(stateOf)
    }),
  )
  await root.close()
  return { appends: pieces([...records.values()].flat(), EVENTS_PER_REQUEST), states }
}

function pieces<T>(values: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / length) }, (_, n) =>
    values.slice(n * length, (n + 1) * length),
  )
}
