import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { kafkaEventLog } from '../../libs/log/kafka/kafka-event-log.ts'
import { kafkaLibraries, startNativeKafka } from '../substrate/kafka-native.ts'
import { runCommand } from '../substrate/run-command.ts'
import { readAll } from './event-log-sample.ts'

const RECORDS = 8_000
const BYTES = 1_000
/** Kafka counts over some ten seconds: two thirds of the records may be read at once. */
const BYTES_PER_SECOND = 500_000

it('reads a topic to its end although Kafka lets it read only so much a second', {
  timeout: 120_000,
}, async () => {
  const kafka = await startNativeKafka()
  const log = await kafkaEventLog({ brokers: [kafka.address], clientId: 'hungry', sessionTimeoutMs: 6_000 })
  onTestFinished(async () => {
    await log.close()
    await kafka.stop()
  })
  await log.ensureTopics([{ name: 't', partitions: 2, compacted: false }])
  const records = Array.from({ length: RECORDS }, (_, n) => ({ key: `k${n}`, value: randomBytes(BYTES) }))
  await log.append('t', records)
  await runCommand(
    'java',
    [
      ...['-XX:TieredStopAtLevel=1', '-cp', join(await kafkaLibraries(), '*'), 'kafka.admin.ConfigCommand'],
      ...['--bootstrap-server', kafka.address, '--alter', '--entity-type', 'clients', '--entity-default'],
      ...['--add-config', `consumer_byte_rate=${BYTES_PER_SECOND}`],
    ],
    60_000,
  )
  expect(await readAll(log, 't')).toHaveLength(RECORDS)
})
