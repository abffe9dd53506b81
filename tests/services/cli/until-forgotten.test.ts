import { expect, it } from 'vitest'
import { forgetRecord, forgetWithRecord } from '../../../libs/event/control-record.ts'
import { emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import { topicNames } from '../../../libs/log/event-log.ts'
import { untilForgotten } from '../../../services/cli/forget/until-forgotten.ts'
import { appendTo, logData } from '../../faults/simulation/simulated-log.ts'

const AT_MS = Date.UTC(2026, 0, 1)
const topics = topicNames('halflife')
const aliasesOf: Readonly<Record<string, readonly string[]>> = {
  ann: ['bob', 'cid'],
  bob: ['dee'],
  dee: ['eve'],
}
const receipt = { receiptId: 'ours', userId: 'ann', requestedAtMs: AT_MS }

/** A tracker that applies one record of one partition whenever its positions are asked for, those of events first. */
function surroundings() {
  const data = logData({ [topics.events]: 3, [topics.users]: 2 })
  const positions = [...data.topics].flatMap(([topic, partitions]) =>
    partitions.map((records, partition) => ({ topic, partition, records, position: 0 })),
  )
  const forgotten: string[] = []
  const profiles = new Set(['ann', 'eve'])
  const log = {
    async *read(topic: string, from: ReadonlyMap<number, number>) {
      yield* data.topics.get(topic)!.flatMap((records, partition) => records.slice(from.get(partition) ?? 0))
    },
  }
  const state = (userId: string, value: Buffer | null = null) =>
    appendTo(data, topics.users, { key: userId, value, timestampMs: AT_MS })
  function applyNext(): void {
    const place = positions.find(({ position, records }) => position < records.length)
    if (place === undefined) return
    const { key, value } = place.records[place.position++]!
    const userId = key!.toString()
    if (place.topic === topics.users) {
      profiles.delete(userId)
      if (value !== null) profiles.add(userId)
      return
    }
    for (const alias of aliasesOf[userId] ?? []) {
      appendTo(data, topics.events, forgetWithRecord(alias, { userId, atMs: AT_MS - 1 }, 'ours', AT_MS))
      state(alias)
    }
    forgotten.push(userId)
  }
  const store = {
    async readPartitions() {
      applyNext()
      return positions.map(({ records: _, ...place }) => ({ ...place, trending: emptyCounts() }))
    },
  }
  return {
    data,
    forgotten,
    profiles,
    state,
    opened: { log, topics, store } as unknown as Parameters<typeof untilForgotten>[2],
  }
}

const SINCE = { events: new Map<number, number>(), users: new Map<number, number>() }

it('waits for the aliases of aliases, and for what was stated of them', async () => {
  const { data, forgotten, profiles, state, opened } = surroundings()
  appendTo(data, topics.events, forgetRecord('zoe', 'another', AT_MS))
  appendTo(data, topics.events, forgetRecord('ann', 'ours', AT_MS))
  state('ann')
  await untilForgotten(receipt, SINCE, opened)
  expect(forgotten.filter((userId) => userId !== 'zoe').sort()).toEqual(['ann', 'bob', 'cid', 'dee', 'eve'])
  expect([...profiles]).toEqual([])
})

it('does not wait for what is stated anew meanwhile to be withdrawn, too', async () => {
  const { data, profiles, state, opened } = surroundings()
  appendTo(data, topics.events, forgetRecord('ann', 'ours', AT_MS))
  state('ann')
  state('ann', Buffer.from('{}'))
  await untilForgotten(receipt, SINCE, opened)
  expect([...profiles]).toEqual(['ann'])
})
