import { expect, inject, it, onTestFinished } from 'vitest'
import { mergeUsers } from '../../libs/interest/merge-users.ts'
import { readPerson } from '../../libs/store/read-person.ts'
import { boundsOf } from '../../services/process/contract.ts'
import { aliasesContract } from './aliases.contract.ts'
import { halflifeCommand } from './halflife-command.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'
import { opened } from './whole-log-replay.ts'

const newPlace = () => serversPlace(inject('kafkaBrokers'), inject('redisUrl'))

aliasesContract('Kafka and Redis', async () => newPlace())

const PEOPLE = 60
const ROUNDS = 9
const KILLS = 3

it('counts for each person what was done under either id, while the tracker is killed again and again', async () => {
  const place = newPlace()
  const environment = { ...place.environment, EMBEDDER: 'lexical', PORT: '0' }
  const collector = await runServices(['collector'], settingsAt(place), onTestFinished)
  const { store, contract } = await opened(settingsAt(place), onTestFinished)
  await collector.send('PUT', '/v1/items/known', { title: 'known' })
  const begin = async () => {
    const command = halflifeCommand(['tracker'], environment, onTestFinished)
    await command.printed(/"msg":"Listening/)
    return command
  }
  let tracker = await begin()
  const people = Array.from({ length: PEOPLE }, (_, n) => n)
  for (let round = 0; round < ROUNDS; round++) {
    const events = people.flatMap((n) =>
      ['user', 'cookie'].map((kind) => ({ type: 'view', userId: `${kind}-${n}`, itemId: 'known' })),
    )
    await collector.send('POST', '/v1/events', events)
    const linking = people.filter((n) => n % ROUNDS === round)
    for (const n of linking)
      await collector.send('POST', `/v1/users/user-${n}/aliases`, { anonymousId: `cookie-${n}` })
    if (round % Math.ceil(ROUNDS / KILLS) !== 0) continue
    tracker.signal('SIGKILL')
    await tracker.ended
    tracker = await begin()
  }
  const bounds = boundsOf(settingsAt(place))
  const countOf = async (n: number) => {
    const { states } = await readPerson(store, `user-${n}`)
    const { remembered, interest } = mergeUsers(states, contract.shape, bounds)
    return [remembered.length, Math.round(interest.masses.at(-1)! * 100) / 100]
  }
  const counts = async () => Promise.all(people.map(countOf))
  await expect
    .poll(counts, { timeout: 50_000, interval: 200 })
    .toEqual(people.map(() => [ROUNDS * 2, ROUNDS * 2]))
})
