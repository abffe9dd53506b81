import { Kafka, logLevel } from 'kafkajs'
import { inject } from 'vitest'
import type { Place } from './running-halflife.ts'

/** The events are gone from Kafka, as after its retention. */
export async function expireEvents({ environment }: Place): Promise<void> {
  const admin = new Kafka({ brokers: [inject('kafkaBrokers')], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topic = `${environment.TOPIC_PREFIX}.events`
  const ends = await admin.fetchTopicOffsets(topic)
  const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }))
  await admin.deleteTopicRecords({ topic, partitions })
  await admin.disconnect()
}
