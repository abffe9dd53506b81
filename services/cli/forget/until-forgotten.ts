import { setTimeout } from 'node:timers/promises'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { controlRecordOf } from '../../../libs/event/control-record.ts'
import { partitionName } from '../../../libs/store/partition-codec.ts'
import type { Store } from '../../../libs/store/store.ts'
import type { ForgetReceipt } from '../../collector/request-forgetting.ts'
import type { OpenLog } from '../../process/substrate.ts'

const LOOK_AGAIN_MS = 25
const PATIENCE_MS = 60_000

/** Resolves when the user is forgotten, and so are all ids that go with them: whoever applies a request to forget has put
 *  those for the user's aliases into the log before, under the same receipt, and so on to the aliases of these.
 *  @param since where the partitions of events ended before the request @throws HL_TRACKER_AWAY */
export async function untilForgotten(
  receipt: ForgetReceipt,
  since: ReadonlyMap<number, number>,
  { log, topics, store }: OpenLog & { readonly store: Store },
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  const from = new Map(since)
  for (;;) {
    const requests = await requestsFrom(from, receipt.receiptId, { log, topics })
    if (requests.size === 0) return
    const isDone = () => isApplied(requests, topics.events, store)
    while (!(await isDone())) {
      if (performance.now() >= deadline) throw trackerAway(receipt)
      await setTimeout(LOOK_AGAIN_MS)
    }
  }
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

interface Place {
  readonly partition: number
  readonly offset: number
}

async function isApplied(
  requests: ReadonlyMap<string, Place>,
  eventsTopic: string,
  store: Store,
): Promise<boolean> {
  const states = await store.readPartitions()
  const positions = new Map(
    states.map(({ topic, partition, position }) => [partitionName(topic, partition), position]),
  )
  const isPassed = ({ partition, offset }: Place) =>
    (positions.get(partitionName(eventsTopic, partition)) ?? 0) > offset
  if (![...requests.values()].every(isPassed)) return false
  const profiles = await Promise.all([...requests.keys()].map((userId) => store.readProfile(userId)))
  return profiles.every((profile) => profile === undefined)
}

function trackerAway({ userId, receiptId }: ForgetReceipt): HalflifeError {
  return new HalflifeError(
    'HL_TRACKER_AWAY',
    `no tracker has forgotten user ${userId} within ${PATIENCE_MS / 1_000} s. The request is in the log under receipt ` +
      `${receiptId}: start a tracker, and it is done.`,
  )
}
