import { randomUUID } from 'node:crypto'
import { Partitioners } from 'kafkajs'
import { kafkaClient } from '../../libs/log/kafka/kafka-client.ts'

export interface RoundTrips {
  /** ms from giving a record to the producer until the consumer has it. */
  once(): Promise<number>
  close(): Promise<void>
}

/** Kafka alone: a producer, all replicas acknowledging, and a consumer that waits for the next record. */
export async function kafkaRoundTrips(brokers: readonly string[], topic: string): Promise<RoundTrips> {
  const kafka = kafkaClient({ brokers, clientId: 'bare' })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  const consumer = kafka.consumer({ groupId: `bare-${randomUUID()}`, maxWaitTimeInMs: 250 })
  const arrivals = new Map<string, () => void>()
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => arrivals.get(String(message.key))?.(),
  })
  await joined
  return {
    async once() {
      const key = randomUUID()
      const arrived = new Promise<void>((resolve) => arrivals.set(key, resolve))
      const beganMs = performance.now()
      await producer.send({ topic, acks: -1, messages: [{ key, value: 'x' }] })
      await arrived
      arrivals.delete(key)
      return performance.now() - beganMs
    },
    async close() {
      await Promise.all([producer.disconnect(), consumer.disconnect()])
    },
  }
}
