import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { expireEvents } from './expire-events.ts'
import { halflifeCommand } from './halflife-command.ts'
import { rebuildContract } from './rebuild.contract.ts'
import { rebuildFromExportContract } from './rebuild-from-export.contract.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'

const newPlace = async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl'))

rebuildContract('Kafka and Redis', newPlace)
rebuildFromExportContract('Kafka and Redis', newPlace, expireEvents)

it('rebuilds from a log that has lost all records of a partition', async () => {
  const place = await newPlace()
  const halflife = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), onTestFinished)
  const statusOf = async (userId: string) => (await halflife.get(`/v1/users/${userId}/export`)).status
  await halflife.send('POST', '/v1/events', { type: 'click', userId: 'u', itemId: 'i' })
  await vi.waitFor(async () => expect(await statusOf('u')).toBe(200), { timeout: 30_000, interval: 50 })
  await expireEvents(place)
  const environment = { ...place.environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
  const command = halflifeCommand(['rebuild', '--keep', '0'], environment, onTestFinished)
  expect(await command.ended).toBe(0)
  expect(command.output().stdout).toContain('from 0 records of events')
})
