import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { connectRedis } from '../../libs/store/redis/redis-connection.ts'
import { beginRestoring } from '../../libs/store/redis/redis-snapshot.ts'
import { type RunningCluster, startRedisCluster } from '../substrate/redis-cluster.ts'
import { backupContract } from './backup.contract.ts'
import { expireEvents } from './expire-events.ts'
import { type Place, runServices, serversPlace, settingsAt } from './running-halflife.ts'
import { freshStoreOver } from './whole-log-replay.ts'

const newPlace = async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl'))

/** Only the backup has what the events came to. */
async function withoutEvents(place: Place): Promise<Place> {
  await expireEvents(place)
  return freshStoreOver(place, onTestFinished)
}

backupContract('Kafka and Redis', newPlace, withoutEvents)

let cluster: RunningCluster
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.stop())
backupContract(
  'Kafka and a Redis Cluster',
  async () => serversPlace(inject('kafkaBrokers'), cluster.address),
  withoutEvents,
)

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
