import { CompressionTypes, type Message, Partitioners } from 'kafkajs'
import { kafkaClient } from '../../libs/log/kafka/kafka-client.ts'

/** The least that anybody must do to have records in Kafka: kafkajs's producer, with all replicas acknowledging and snappy,
 *  as the product sends them. Returns records a second. */
export async function bareAppending(
  brokers: readonly string[],
  topic: string,
  messages: readonly Message[],
  seconds: number,
): Promise<number> {
  const producer = kafkaClient({ brokers, clientId: 'bare' }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  })
  await producer.connect()
  const send = () =>
    producer.send({ topic, acks: -1, compression: CompressionTypes.Snappy, messages: [...messages] })
  await send()
  const beganMs = performance.now()
  let sent = 0
  while (performance.now() - beganMs < seconds * 1_000) {
    await send()
    sent += messages.length
  }
  const perSecond = (sent / (performance.now() - beganMs)) * 1_000
  await producer.disconnect()
  return perSecond
}
