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

/** A tracker that applies one record of one partition whenever its positions are asked for, and then withdraws a profile. */
function surroundings() {
  const data = logData({ [topics.events]: 3, [topics.users]: 1 })
  const partitions = data.topics.get(topics.events)!
  const positions = partitions.map(() => 0)
  const forgotten: string[] = []
  const profiles = new Set(['ann', 'eve'])
  const log = {
    async *read(_: string, from: ReadonlyMap<number, number>) {
      yield* partitions.flatMap((records, partition) => records.slice(from.get(partition) ?? 0))
    },
  }
  function applyNext(): void {
    const partition = positions.findIndex((position, n) => position < partitions[n]!.length)
    const userId = partitions[partition]?.[positions[partition]!]?.key?.toString()
    if (userId === undefined) {
      profiles.delete([...profiles][0]!)
      return
    }
    for (const alias of aliasesOf[userId] ?? []) {
      appendTo(data, topics.events, forgetWithRecord(alias, { userId, atMs: AT_MS - 1 }, 'ours', AT_MS))
    }
    forgotten.push(userId)
    positions[partition]!++
  }
  const store = {
    async readPartitions() {
      applyNext()
      const state = { topic: topics.events, trending: emptyCounts() }
      return positions.map((position, partition) => ({ ...state, partition, position }))
    },
    readProfile: async (userId: string) => (profiles.has(userId) ? {} : undefined),
  }
  return {
    data,
    forgotten,
    profiles,
    opened: { log, topics, store } as unknown as Parameters<typeof untilForgotten>[2],
  }
}

it('waits for the aliases of aliases, and for what was stated of them', async () => {
  const { data, forgotten, profiles, opened } = surroundings()
  appendTo(data, topics.events, forgetRecord('zoe', 'another', AT_MS))
  appendTo(data, topics.events, forgetRecord('ann', 'ours', AT_MS))
  await untilForgotten(receipt, new Map(), opened)
  expect(forgotten.filter((userId) => userId !== 'zoe').sort()).toEqual(['ann', 'bob', 'cid', 'dee', 'eve'])
  expect([...profiles]).toEqual([])
})
