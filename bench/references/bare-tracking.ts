/** Does what a tracker cannot do without, for the partitions that its group gives it: kafkajs reads them, JSON.parse every
 *  value, and the users of each batch are read from Redis and written back. Nothing of Halflife is in it but the commands.
 *  Arguments: its group, and how many events it handles before it counts. */
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import type kafkajs from 'kafkajs'
import { maxBatchRecords } from '../../libs/log/batch-limit.ts'
import { kafkaClient } from '../../libs/log/kafka/kafka-client.ts'
import { placeAt } from '../place.ts'
import { bareStorer } from './bare-storing.ts'

const { PATH: _path, HOME: _home, ...environment } = process.env as Record<string, string>
const place = placeAt(environment)
const { KAFKA_BROKERS, REDIS_URL } = place.settings
const readAndWrite = await bareStorer(new Redis(REDIS_URL!), place)
const [group, warmUp] = [process.argv[2]!, Number(process.argv[3])]
let handled = 0
let warm: { readonly handled: number; readonly cpu: NodeJS.CpuUsage } | undefined
/** Since it was warm, as of the last batch. */
let counted = { events: 0, cpuMicros: 0 }

/** When another joins, all begin anew, and at the beginning. */
function begin(): void {
  handled = 0
  warm = undefined
  counted = { events: 0, cpuMicros: 0 }
}

function count(events: number): void {
  handled += events
  if (warm !== undefined) {
    const { user, system } = process.cpuUsage(warm.cpu)
    counted = { events: handled - warm.handled, cpuMicros: user + system }
  } else if (handled >= warmUp) warm = { handled, cpu: process.cpuUsage() }
}

const consumer = kafkaClient({ brokers: KAFKA_BROKERS!, clientId: 'bare' }).consumer({
  groupId: group,
  maxBytesPerPartition: 512 * 1024,
  maxWaitTimeInMs: 250,
})
consumer.on(consumer.events.GROUP_JOIN, begin)
await consumer.connect()
await consumer.subscribe({ topic: place.topics.events, fromBeginning: true })
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 3,
  async eachBatch({ batch: { messages }, heartbeat }: kafkajs.EachBatchPayload) {
    for (let start = 0; start < messages.length; start += maxBatchRecords) {
      const some = messages.slice(start, start + maxBatchRecords)
      for (const { value } of some) JSON.parse(value!.toString())
      await readAndWrite([...new Set(some.map(({ key }) => key!.toString()))])
      count(some.length)
      await heartbeat()
    }
  },
})

const app = Fastify()
app.get('/metrics', async () => {
  return `bare_handled ${handled}\nbare_events ${counted.events}\nbare_cpu_micros ${counted.cpuMicros}\n`
})
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as { port: number }
process.stderr.write(`${JSON.stringify({ msg: 'Service started.', port })}\n`)
