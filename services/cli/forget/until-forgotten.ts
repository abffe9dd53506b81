import { setTimeout } from 'node:timers/promises'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { controlRecordOf } from '../../../libs/event/control-record.ts'
import { partitionName } from '../../../libs/store/partition-codec.ts'
import type { Store } from '../../../libs/store/store.ts'
import type { ForgetReceipt } from '../../collector/request-forgetting.ts'
import type { OpenLog } from '../../process/substrate.ts'

const LOOK_AGAIN_MS = 25
const PATIENCE_MS = 60_000

/** Where the partitions of a topic end. */
type Ends = ReadonlyMap<number, number>

/** Resolves when the user is forgotten, and so are all ids that go with them: whoever applies a request to forget has put
 *  those for the user's aliases into the log before, under the same receipt, and so on to the aliases of these.
 *  @param since where events and users ended before the request @throws HL_TRACKER_AWAY */
export async function untilForgotten(
  receipt: ForgetReceipt,
  since: { readonly events: Ends; readonly users: Ends },
  { log, topics, store }: OpenLog & { readonly store: Store },
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  const from = new Map(since.events)
  for (;;) {
    const requests = await requestsFrom(from, receipt.receiptId, { log, topics })
    if (requests.size === 0) return
    await untilPassed(topics.events, requests)
    // What was stated is withdrawn in the topic of users, before the request that led to it is passed.
    await untilPassed(topics.users, await statementsFrom(since.users, requests, { log, topics }))
  }

  async function untilPassed(topic: string, places: ReadonlyMap<string, Place>): Promise<void> {
    while (!(await isPassed(topic, places, store))) {
      if (performance.now() >= deadline) throw trackerAway(receipt)
      await setTimeout(LOOK_AGAIN_MS)
    }
  }
}

interface Place {
  readonly partition: number
  readonly offset: number
}

/** Place of the newest request of the receipt, by user. @param from moves on to where the log ends */
async function requestsFrom(
  from: Map<number, number>,
  receiptId: string,
  { log, topics }: OpenLog,
): Promise<ReadonlyMap<string, Place>> {
  const requests = new Map<string, Place>()
  for await (const record of log.read(topics.events, new Map(from))) {
    const { partition, offset } = record
    from.set(partition, offset + 1)
    const control = controlRecordOf(record)
    if (control?.kind !== 'forget' && control?.kind !== 'forget-with') continue
    if (control.receiptId === receiptId) requests.set(control.userId, { partition, offset })
  }
  return requests
}

/** Place of the newest record of each of the users: that which withdraws, or, where somebody has stated something anew, one behind
 *  it, for which the log may have dropped it. */
async function statementsFrom(
  from: Ends,
  users: ReadonlyMap<string, unknown>,
  { log, topics }: OpenLog,
): Promise<ReadonlyMap<string, Place>> {
  const statements = new Map<string, Place>()
  for await (const { key, partition, offset } of log.read(topics.users, from)) {
    const userId = key?.toString()
    if (userId !== undefined && users.has(userId)) statements.set(userId, { partition, offset })
  }
  return statements
}

async function isPassed(topic: string, places: ReadonlyMap<string, Place>, store: Store): Promise<boolean> {
  const states = await store.readPartitions()
  const positions = new Map(states.map((each) => [partitionName(each.topic, each.partition), each.position]))
  return [...places.values()].every(
    ({ partition, offset }) => (positions.get(partitionName(topic, partition)) ?? 0) > offset,
  )
}

function trackerAway({ userId, receiptId }: ForgetReceipt): HalflifeError {
  return new HalflifeError(
    'HL_TRACKER_AWAY',
    `no tracker has forgotten user ${userId} within ${PATIENCE_MS / 1_000} s. The request is in the log under receipt ` +
      `${receiptId}: start a tracker, and it is done.`,
  )
}
