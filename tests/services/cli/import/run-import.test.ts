import { expect, it } from 'vitest'
import { topicNames } from '../../../../libs/log/event-log.ts'
import { listedPart } from '../../../../services/cli/import/import-source.ts'
import { type ImportContext, runImport } from '../../../../services/cli/import/run-import.ts'

const topics = topicNames('halflife')
const nothing = { items: listedPart<never>([]), events: listedPart<never>([]) }

const ends = new Map([
  [0, 6],
  [1, 2],
])

/** A store that knows nothing of the events in the log. @param held partitions of which the log still holds records */
function contextOf(held: readonly number[]) {
  const positions = new Map<number, number>()
  const opened = {
    topics,
    log: {
      endOffsets: async (topic: string) => (topic === topics.events ? ends : new Map()),
      committedOffsets: async () => new Map(),
      async *read(_: string, from: ReadonlyMap<number, number>) {
        for (const partition of held) if (from.get(partition)! < ends.get(partition)!) yield {}
      },
    },
    store: {
      readPartitions: async () => {
        return [...positions].map(([partition, position]) => ({ topic: topics.events, partition, position }))
      },
    },
  }
  const progress = { report: () => {}, finish: () => {} }
  const context = { opened, groupPrefix: 'halflife', progress, onBroken: () => {} }
  return { context: context as unknown as ImportContext, positions }
}

it('does not wait for records that have expired before anything of theirs was tracked', async () => {
  const { context, positions } = contextOf([1])
  const imported = runImport(nothing, context)
  setTimeout(() => positions.set(1, 2), 100)
  expect(await imported).toMatchObject({ items: 0, events: 0, broken: 0 })
})

it('waits for what the log still holds, however long nothing moves', async () => {
  const { context, positions } = contextOf([0, 1])
  positions.set(1, 2)
  let done = false
  const imported = runImport(nothing, context).then(() => {
    done = true
  })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(done).toBe(false)
  positions.set(0, 6)
  await imported
})
