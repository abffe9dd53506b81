import { Kafka, logLevel } from 'kafkajs'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { Store } from '../../libs/store/store.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'
import { freshStoreOver, opened, replayWholeLog } from './whole-log-replay.ts'

const PATIENCE = { timeout: 30_000, interval: 100 }
const USERS = Array.from({ length: 40 }, (_, n) => `user-${n}`)
const FORGOTTEN = USERS.filter((_, n) => n % 4 === 0)
const GROWN = 8

/* Partitions are added to the events topic while everything runs. Keys move; whoever was forgotten before has their newer
 * events in another partition than the record that forgets them. */
it('counts each event once when partitions are added, and a replay of the whole log does too', async () => {
  const place = serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
  const settings = settingsAt(place)
  const halflife = await runServices(['collector', 'tracker'], settings, onTestFinished)
  const held = await opened(settings, onTestFinished)
  const topic = held.topics.events
  await halflife.send('PUT', '/v1/items/known', { title: 'known' })
  const everybody = async (itemId: string) => {
    const events = USERS.map((userId) => ({ type: 'view', userId, itemId }))
    expect((await halflife.send('POST', '/v1/events', events)).status).toBe(202)
  }
  const counted = async (store: Store) => {
    const users = await store.readUsers(USERS)
    return users.map((user) => {
      const events = [...(user?.state.remembered.events ?? []), ...(user?.state.waiting.events ?? [])]
      return events.map(({ itemId }) => itemId).sort()
    })
  }

  await everybody('known')
  await everybody('known')
  for (const userId of FORGOTTEN) await halflife.send('DELETE', `/v1/users/${userId}`)

  const admin = new Kafka({
    brokers: inject('kafkaBrokers').split(','),
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  await admin.createPartitions({ topicPartitions: [{ topic, count: GROWN }] })

  const expected = USERS.map((userId) => (FORGOTTEN.includes(userId) ? [] : ['known', 'known']))
  const isSpread = async () => {
    await everybody('known')
    for (const list of expected) list.push('known')
    const ends = await held.log.endOffsets(topic)
    return [...ends.values()].slice(3).some((end) => end > 0)
  }
  await expect.poll(isSpread, { ...PATIENCE, interval: 500 }).toBe(true)
  await everybody('known')
  for (const list of expected) list.push('known')
  await expect.poll(() => counted(held.store), PATIENCE).toEqual(expected)

  await halflife.close()
  const replayed = await replayWholeLog(await freshStoreOver(place, onTestFinished), onTestFinished)
  expect(await counted(replayed)).toEqual(expected)
}, 120_000)
