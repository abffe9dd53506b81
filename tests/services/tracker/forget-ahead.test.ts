import { describe, expect, it } from 'vitest'
import { aliasRecords, forgetRecord } from '../../../libs/event/control-record.ts'
import { emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import type { EventLog } from '../../../libs/log/event-log.ts'
import type { Store } from '../../../libs/store/store.ts'
import { forgetAhead, type LookingAhead } from '../../../services/tracker/forget-ahead.ts'
import { samplePage } from '../../contract/store-shown.contract.ts'
import { appendTo, logData, partitionOf } from '../../faults/simulation/simulated-log.ts'
import { simulatedStore, storeData } from '../../faults/simulation/simulated-store.ts'
import { contract, rooms, shape, topics } from '../../faults/simulation/small-world.ts'

const DAY_MS = 86_400_000
/** Later than the page, and than all that is said here. */
const FORGOTTEN_AT_MS = samplePage(9).shownAtMs

/** A log of two partitions before a store, both in memory. `onAppend` is called when the log has taken records. */
function surroundings(onAppend: (store: Store) => Promise<void> = async () => undefined) {
  const data = logData({ [topics.events]: 2, [topics.users]: 1 })
  const stored = storeData()
  const cut = (users: number) => [users]
  const store = simulatedStore({ data: stored, contract, call: async (_, effect) => effect(), cut })
  const partitions = data.topics.get(topics.events)!
  const log: Pick<EventLog, 'append' | 'endOffsets' | 'read'> = {
    async append(topic, records) {
      for (const record of records) appendTo(data, topic, { timestampMs: FORGOTTEN_AT_MS, ...record })
      await onAppend(store)
    },
    endOffsets: async () => new Map(partitions.map(({ length }, partition) => [partition, length])),
    async *read(_, from = new Map()) {
      yield* partitions.flatMap((records, partition) => records.slice(from.get(partition) ?? 0))
    },
  }
  const { bounds } = rooms[0]!
  const rules = { topics, shape, bounds, attributionWindowMs: DAY_MS }
  return { data, stored, store, context: { ...rules, store, log } as unknown as LookingAhead }
}

describe('a forgetting that lies ahead', () => {
  it('erases what was shown, refuses what was shown before, and then lets the partitions begin', async () => {
    const { data, store, context } = surroundings()
    await store.addShown([{ to: 'ann', page: samplePage(1) }], DAY_MS)
    appendTo(data, topics.events, forgetRecord('ann', 'receipt', FORGOTTEN_AT_MS))
    await forgetAhead(context)
    await store.addShown([{ to: 'ann', page: samplePage(2) }], DAY_MS)
    expect(await store.readShown(['ann'])).toEqual([[]])
    const [ann] = await store.readUsers(['ann'])
    expect(ann?.state.forgottenAtMs).toBe(FORGOTTEN_AT_MS)
    const begun = (await store.readPartitions()).filter(({ topic }) => topic === topics.events)
    expect(begun.map(({ position }) => position)).toEqual([0, 0])
  })

  it('is applied once more when the store came back older while aliases were told to the log', async () => {
    const losses = [1]
    const { data, stored, store, context } = surroundings(async () => {
      stored.tables.loseLast(losses.pop() ?? 0)
    })
    appendTo(data, topics.events, forgetRecord('cid', 'receipt', FORGOTTEN_AT_MS))
    await forgetAhead(context)
    appendTo(data, topics.events, forgetRecord('dee', 'receipt', FORGOTTEN_AT_MS))
    for (const record of aliasRecords({ userId: 'ann', anonymousId: 'bob' }, 'receipt', FORGOTTEN_AT_MS - 1))
      appendTo(data, topics.events, record)
    appendTo(data, topics.events, forgetRecord('ann', 'receipt', FORGOTTEN_AT_MS))
    await forgetAhead(context)
    expect(losses).toEqual([])
    const users = await store.readUsers(['dee', 'ann'])
    expect(users.map((user) => user?.state.forgottenAtMs)).toEqual([FORGOTTEN_AT_MS, FORGOTTEN_AT_MS])
    const told = data.topics
      .get(topics.events)!
      .flat()
      .filter(({ headers }) => {
        return headers['halflife-control']?.toString() === 'forget-with'
      })
    expect(told.map(({ key }) => key?.toString())).toEqual(['bob'])
  })

  it('begins nothing when the store lost positions while the log was read', async () => {
    const { store, stored, context } = surroundings()
    const partition = { topic: topics.events, partition: partitionOf('ann', 2), trending: emptyCounts() }
    await store.commit({ users: [], partition: { ...partition, position: 5, expectedPosition: undefined } })
    const read = async function* () {
      stored.tables.loseLast(1)
      yield* []
    }
    const losing = { ...context, log: { ...context.log, read } }
    await expect(forgetAhead(losing)).rejects.toMatchObject({ code: 'HL_POSITION_MOVED' })
    expect(await store.readPartitions()).toEqual([])
  })
})
