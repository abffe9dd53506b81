import { Kafka, logLevel } from 'kafkajs'
import { expect, inject, it, onTestFinished } from 'vitest'
import { connectRedis } from '../../libs/store/redis/redis-connection.ts'
import { beginRestoring } from '../../libs/store/redis/redis-snapshot.ts'
import { backupContract } from './backup.contract.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'
import { freshStoreOver } from './whole-log-replay.ts'

const newPlace = async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl'))

/** The events are gone from the log, as after its retention: only the backup has what they came to. */
backupContract('Kafka and Redis', newPlace, async (place) => {
  const admin = new Kafka({ brokers: [inject('kafkaBrokers')], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topic = `${place.environment.TOPIC_PREFIX}.events`
  const ends = await admin.fetchTopicOffsets(topic)
  const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }))
  await admin.deleteTopicRecords({ topic, partitions })
  await admin.disconnect()
  return freshStoreOver(place, onTestFinished)
})

it('a store that is being restored is refused by everybody', async () => {
  const place = await newPlace()
  const redis = await connectRedis(inject('redisUrl'))
  onTestFinished(() => redis.disconnect())
  expect(await beginRestoring(redis, place.environment.KEY_PREFIX!)).toBe(true)
  await expect(runServices(['tracker'], settingsAt(place), onTestFinished)).rejects.toMatchObject({
    code: 'HL_STORE_CONTRACT',
    message: expect.stringContaining('restoring'),
  })
})
