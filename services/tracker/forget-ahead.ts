/* Forgetting reaches ahead.
 *
 * When partitions are added, users' keys move: what they do from then on lies in another partition than before, and a
 * record that forgets them in the old one is older than all of that. Whoever replays such a log into an empty store may
 * come to the newer events first, count them, come to the forgetting afterwards, and erase them with the rest: out of a
 * sum nothing can be kept.
 *
 * So before a tracker begins on a store that knows nothing of a partition, it looks for the forgettings that lie ahead in
 * any of them and applies them. That is right at any time: whatever lies before them in their own partition would be erased
 * by them anyway, and the user's offset, which they take, passes it over. */
import { HalflifeError, isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { controlRecordOf } from '../../libs/event/control-record.ts'
import { emptyCounts } from '../../libs/interest/decayed-counts.ts'
import { interestShape } from '../../libs/interest/interest-shape.ts'
import { emptyUser, forgetUser, type UserState } from '../../libs/interest/user-state.ts'
import type { LogRecord } from '../../libs/log/event-log.ts'
import type { PartitionState } from '../../libs/store/interest-store.ts'
import { partitionName } from '../../libs/store/partition-codec.ts'
import { applyRecords } from './apply-records.ts'
import type { EventTracking } from './event-tracking.ts'
import { type AppliedUser, forgetAliases, stopWaiting } from './strike-off.ts'
import { type RecordsByUser, type UserRecord, understandBatch } from './understand-batch.ts'

const USERS_AT_ONCE = 250
const MOST_ATTEMPTS = 5
const NO_SHAPE = interestShape([], [])

export type LookingAhead = Pick<EventTracking, 'log' | 'store' | 'topics' | 'shape' | 'bounds'>

/** Reads what the store has not applied yet, if it begins some partition at its first record; else does nothing. To be
 *  called before the events topic is subscribed to.
 *  @throws HL_LOG_UNAVAILABLE, HL_STORE_UNAVAILABLE, HL_POSITION_MOVED */
export async function forgetAhead(context: LookingAhead): Promise<void> {
  const { log, store, topics } = context
  const [ends, states] = await Promise.all([log.endOffsets(topics.events), store.readPartitions()])
  const ours = states.filter(({ topic }) => topic === topics.events)
  const positions = new Map(ours.map(({ partition, position }) => [partition, position]))
  const begins = [...ends].some(([partition, end]) => end > 0 && (positions.get(partition) ?? 0) === 0)
  if (!begins) return
  for (const [partition, records] of await requestsAhead(positions, context)) {
    const { byUser } = understandBatch(records, {})
    const userIds = [...byUser].filter(([, theirs]) => theirs.some(isForget)).map(([userId]) => userId)
    for (let start = 0; start < userIds.length; start += USERS_AT_ONCE) {
      await applyAhead(userIds.slice(start, start + USERS_AT_ONCE), byUser, partition, context)
    }
  }
}

/** Records of our own that concern users and are not applied yet, by partition. */
async function requestsAhead(
  positions: ReadonlyMap<number, number>,
  { log, topics }: LookingAhead,
): Promise<Map<number, LogRecord[]>> {
  const ahead = new Map<number, LogRecord[]>()
  for await (const record of log.read(topics.events, positions)) {
    const kind = controlRecordOf(record)?.kind
    if (kind === undefined || kind === 'item-known') continue
    const theirs = ahead.get(record.partition)
    if (theirs === undefined) ahead.set(record.partition, [record])
    else theirs.push(record)
  }
  return ahead
}

async function applyAhead(
  userIds: readonly string[],
  byUser: RecordsByUser,
  partition: number,
  context: LookingAhead,
): Promise<void> {
  const { store, topics } = context
  const topic = topics.events
  const asked = new Set<string>()
  let pending = userIds
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const before = await store.readPartition(topic, partition)
    const applied = await appliedAhead(pending, byUser, partitionName(topic, partition), context)
    if (applied.length === 0) return
    await stopWaiting(applied, store)
    if (await forgetAliases(applied, context, asked)) {
      pending = userIds
      continue
    }
    // The partition stays where it is, and must.
    const unmoved = before ?? { topic, partition, position: 0, trending: emptyCounts() }
    const fenced = await fencedOf(applied, unmoved, before?.position, context)
    if (fenced.length === 0) return
    pending = fenced
  }
  const detail = `${pending.length} users were changed by another tracker at each of ${MOST_ATTEMPTS} attempts`
  throw new HalflifeError('HL_POSITION_MOVED', detail)
}

/** Writes the users. A tracker that moves the partition on has looked ahead itself before it began, so nothing is left to
 *  do. */
async function fencedOf(
  applied: readonly AppliedUser[],
  unmoved: PartitionState,
  expectedPosition: number | undefined,
  { store }: LookingAhead,
): Promise<readonly string[]> {
  const users = applied.map(({ write }) => write)
  try {
    return (await store.commit({ users, partition: { ...unmoved, expectedPosition } })).fenced
  } catch (error) {
    if (isHalflifeError(error, 'HL_POSITION_MOVED')) return []
    throw error
  }
}

async function appliedAhead(
  userIds: readonly string[],
  byUser: RecordsByUser,
  where: string,
  { store, shape, bounds }: LookingAhead,
): Promise<AppliedUser[]> {
  const stored = await store.readUsers(userIds)
  return userIds.flatMap((userId, index) => {
    const state = stored[index]?.state ?? emptyUser(shape)
    const due = upToForgetting(byUser.get(userId)!, where, state)
    if (due.length === 0) return []
    const result = applyRecords(state, where, due, { shape, bounds, vectorsOf: () => undefined })
    return [{ result, write: { userId, state, storedOffsets: stored[index]?.storedOffsets } }]
  })
}

/** The records up to the last one by which the user will be forgotten. */
function upToForgetting(
  records: readonly UserRecord[],
  partition: string,
  { forgottenAtMs, forgottenIn, applied }: UserState,
): readonly UserRecord[] {
  const foreseen = { ...emptyUser(NO_SHAPE), forgottenAtMs, forgottenIn, applied: new Map(applied) }
  const erasing = records.map((record) => isForget(record) && forgetUser(foreseen, { partition, ...record }))
  return records.slice(0, erasing.lastIndexOf(true) + 1)
}

function isForget({ control }: UserRecord): boolean {
  return control?.kind === 'forget'
}
