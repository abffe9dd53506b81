import { randomUUID } from 'node:crypto'
import type kafkajs from 'kafkajs'
import { kafkaClient } from '../../libs/log/kafka/kafka-client.ts'

export interface Consumed {
  readonly perSecond: number
  /** Of this process, an event. */
  readonly cpuMicros: number
}

/** The least that anybody must do to read the topic: kafkajs's `eachBatch`, and JSON.parse of every value. */
export async function bareConsumption(
  brokers: readonly string[],
  topic: string,
  events: number,
): Promise<Consumed> {
  const consumer = kafkaClient({ brokers, clientId: 'bare' }).consumer({
    groupId: `bare-${randomUUID()}`,
    maxBytesPerPartition: 512 * 1024,
    maxWaitTimeInMs: 250,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let read = 0
  let began = { atMs: 0, cpu: process.cpuUsage() }
  consumer.on(consumer.events.GROUP_JOIN, () => {
    began = { atMs: performance.now(), cpu: process.cpuUsage() }
  })
  let finish: (consumed: Consumed) => void
  const done = new Promise<Consumed>((resolve) => {
    finish = resolve
  })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 3,
    async eachBatch({ batch, resolveOffset }: kafkajs.EachBatchPayload) {
      for (const { value } of batch.messages) JSON.parse(value!.toString())
      resolveOffset(batch.lastOffset())
      read += batch.messages.length
      if (read < events) return
      const { user, system } = process.cpuUsage(began.cpu)
      finish({
        perSecond: (read / (performance.now() - began.atMs)) * 1_000,
        cpuMicros: (user + system) / read,
      })
    },
  })
  const measured = await done
  await consumer.disconnect()
  return measured
}
