/* Forgetting reaches ahead.
 *
 * When partitions are added, users' keys move: what they do from then on lies in another partition than before, and a
 * record that forgets them in the old one is older than all of that. Whoever replays such a log into an empty store may
 * come to the newer events first, count them, come to the forgetting afterwards, and erase them with the rest: out of a
 * sum nothing can be kept.
 *
 * So before a tracker begins a partition of which the store knows nothing, it looks for the forgettings that lie ahead in any
 * of them and applies them. That is right at any time: whatever lies before them in their own partition would be erased
 * by them anyway, and the user's offset, which they take, passes it over. When all are applied the partition gets a state in
 * the store, at its beginning. So a store that comes back older either holds both, or knows nothing of the partition. */
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
import { type AppliedUser, forgetAliases, forgetShown, stopWaiting } from './strike-off.ts'
import { type RecordsByUser, type UserRecord, understandBatch } from './understand-batch.ts'

const USERS_AT_ONCE = 250
const MOST_ATTEMPTS = 5
const NO_SHAPE = interestShape([], [])
/** A commit is of a partition. This one is of no topic and never moves on; those of the topic must stay where they are. */
const AHEAD: PartitionState = { topic: 'forget-ahead', partition: 0, position: 0, trending: emptyCounts() }

export type LookingAhead = Pick<
  EventTracking,
  'log' | 'store' | 'topics' | 'shape' | 'bounds' | 'attributionWindowMs'
>

/** Applies the forgettings that the store has not applied yet, and then gives every partition that it knows nothing of a
 *  state at offset 0. To be called before such a partition is begun.
 *  @throws HL_LOG_UNAVAILABLE, HL_STORE_UNAVAILABLE; HL_POSITION_MOVED when the store comes back older meanwhile, or others
 *  keep changing the same users: it is to be called again */
export async function forgetAhead(context: LookingAhead): Promise<void> {
  const { log, topics } = context
  const ends = await log.endOffsets(topics.events)
  const positions = await positionsIn(context)
  const ahead = await requestsAhead(positions, context)
  const asked = new Set<string>()
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    // While the log was asked, the store may have come back without its newest writes. From here on, a call to it would fail.
    await requireNoneBehind(positions, context)
    if (await forgetAll(ahead, asked, context)) continue
    await begin(
      [...ends.keys()].filter((partition) => !positions.has(partition)),
      context,
    )
    return
  }
  throw new HalflifeError('HL_POSITION_MOVED', `users had new aliases at each of ${MOST_ATTEMPTS} attempts`)
}

async function positionsIn({ store, topics }: LookingAhead): Promise<Map<number, number>> {
  const states = (await store.readPartitions()).filter(({ topic }) => topic === topics.events)
  return new Map(states.map(({ partition, position }) => [partition, position]))
}

async function requireNoneBehind(
  positions: ReadonlyMap<number, number>,
  context: LookingAhead,
): Promise<void> {
  const now = await positionsIn(context)
  for (const [partition, position] of positions) {
    if ((now.get(partition) ?? -1) >= position) continue
    const place = partitionName(context.topics.events, partition)
    throw new HalflifeError('HL_POSITION_MOVED', `${place} no longer stands at ${position} in the store`)
  }
}

async function begin(partitions: readonly number[], { store, topics }: LookingAhead): Promise<void> {
  for (const partition of partitions) {
    const beginning = { topic: topics.events, partition, position: 0, trending: emptyCounts() }
    try {
      await store.commit({ users: [], partition: { ...beginning, expectedPosition: undefined } })
    } catch (error) {
      // Another tracker has looked ahead as well, and has begun it.
      if (!isHalflifeError(error, 'HL_POSITION_MOVED')) throw error
    }
  }
}

/** Whether anything was put into the log. */
async function forgetAll(
  ahead: ReadonlyMap<number, readonly LogRecord[]>,
  asked: Set<string>,
  context: LookingAhead,
): Promise<boolean> {
  const before = asked.size
  for (const [partition, records] of ahead) {
    const { byUser } = understandBatch(records, {})
    const userIds = [...byUser].filter(([, theirs]) => theirs.some(isForget)).map(([userId]) => userId)
    for (let start = 0; start < userIds.length; start += USERS_AT_ONCE) {
      await applyAhead(userIds.slice(start, start + USERS_AT_ONCE), byUser, partition, asked, context)
    }
  }
  return asked.size > before
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
  asked: Set<string>,
  context: LookingAhead,
): Promise<void> {
  const { store, topics } = context
  let pending = userIds
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const expectedPosition = await store.readPosition(AHEAD.topic, AHEAD.partition)
    const applied = await appliedAhead(pending, byUser, partitionName(topics.events, partition), context)
    if (applied.length === 0) return
    await stopWaiting(applied, store)
    await forgetAliases(applied, context, asked)
    await forgetShown(applied, context)
    const users = applied.map(({ write }) => write)
    const { fenced } = await store.commit({ users, partition: { ...AHEAD, expectedPosition } })
    if (fenced.length === 0) return
    pending = fenced
  }
  const detail = `${pending.length} users were changed by another tracker at each of ${MOST_ATTEMPTS} attempts`
  throw new HalflifeError('HL_POSITION_MOVED', detail)
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
    return [{ records: due, result, write: { userId, state, storedOffsets: stored[index]?.storedOffsets } }]
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
