import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import type { ItemVectors } from '../../libs/interest/interest-state.ts'
import type { RememberedEvent } from '../../libs/interest/remembered-event.ts'
import { emptyUser } from '../../libs/interest/user-state.ts'
import type {
  InterestCommit,
  InterestStore,
  PartitionState,
  StoredUser,
} from '../../libs/store/interest-store.ts'
import { applyRecords } from './apply-records.ts'
import { countTrending } from './count-trending.ts'
import type { EventTracking } from './event-tracking.ts'
import { noteRecent } from './note-recent.ts'
import type { CountOutcome } from './owed-outcomes.ts'
import { type ReadUsers, readAhead } from './read-ahead.ts'
import { sayApplied } from './say-applied.ts'
import { type AppliedUser, forgetAliases, forgetShown, stopDropped, stopWaiting } from './strike-off.ts'
import type { Lap } from './tracker-telemetry.ts'
import type { RecordsByUser } from './understand-batch.ts'

/** A user whom two trackers keep changing is tried this often before the batch is given back to the log. */
const MOST_ATTEMPTS = 5

/** What is known before the states are read. */
export interface Known extends TouchedItems {
  readonly countOutcome: CountOutcome
}

/** The items that a batch's events touch. */
export interface TouchedItems {
  /** By item. */
  readonly vectors: ReadonlyMap<string, ItemVectors>
  /** Those without. */
  readonly unknown: ReadonlySet<string>
}

/** What is written of the partition, and where it must stand until then. */
type Closing = PartitionState & Required<Pick<PartitionState, 'recent'>> & InterestCommit['partition']

/** Applies the records to their users and writes users and partition, each only if it is still as it was read: some users
 *  after the others, so that of a large batch few states are held at a time, and the partition with the last. Users whom
 *  somebody else changed meanwhile are read and tried again. @throws HL_POSITION_MOVED, HL_STORE_UNAVAILABLE */
export async function commitBatch(
  byUser: RecordsByUser,
  known: Known,
  partition: Closing,
  context: EventTracking,
  lap: Lap,
): Promise<void> {
  countTrending(partition, byUser, context)
  noteRecent(partition.recent, byUser, context.recentUsers)
  const asked = new Set<string>()
  const everybody = [...byUser.keys()]
  let pending = everybody
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const refused = await commitUsers(pending, byUser, known, partition, context, asked, lap)
    if (refused?.length === 0) return
    if (refused !== undefined) context.say.usersFenced(refused.length)
    pending = refused ?? everybody
  }
  const detail = `${pending.length} users were changed by another tracker at each of ${MOST_ATTEMPTS} attempts`
  throw new HalflifeError('HL_POSITION_MOVED', detail)
}

/** @returns who was refused; undefined: the log was called on the way, and everything is to be done again */
async function commitUsers(
  userIds: readonly string[],
  byUser: RecordsByUser,
  known: Known,
  partition: Closing,
  context: EventTracking,
  asked: Set<string>,
  lap: Lap,
): Promise<string[] | undefined> {
  const { store, say } = context
  const refused: string[] = []
  for await (const some of readAhead(userIds, store)) {
    lap('read')
    const applied = await applyToStored(some, byUser, known, partition, context)
    lap('apply')
    await stopWaiting(applied, store)
    if (await forgetAliases(applied, context, asked)) return undefined
    await forgetShown(applied, context)
    const users = applied.filter(({ result }) => result.changed).map(({ write }) => write)
    const more = !some.isLast || refused.length > 0
    const { fenced } = await store.commit({ users, more, partition })
    lap('commit')
    refused.push(...fenced)
    const written = applied.filter(({ write }) => !fenced.includes(write.userId))
    await stopDropped(written, store)
    sayApplied(written, say, known.countOutcome)
  }
  return refused
}

async function applyToStored(
  { userIds, stored }: ReadUsers,
  byUser: RecordsByUser,
  touched: TouchedItems,
  partition: PartitionState,
  context: EventTracking,
): Promise<AppliedUser[]> {
  // Users who wait for items that this batch does not touch may find them known by now.
  const waitedFor = new Set<string>()
  for (const user of stored) for (const { itemId } of waitingOf(user)) waitedFor.add(itemId)
  const appeared = waitedFor.size > 0 ? await context.vectors.vectorsOf(waitedFor) : noVectors
  const known = (itemId: string) => appeared.get(itemId) ?? touched.vectors.get(itemId)
  const again = await vectorsOrWaiting(
    withoutVector(userIds, byUser, stored, touched.unknown, known),
    context,
  )
  const rules = { ...context, vectorsOf: (itemId: string) => known(itemId) ?? again.get(itemId) }
  const where = `${partition.topic}/${partition.partition}`
  return userIds.map((userId, index) => {
    const state = stored[index]?.state ?? emptyUser(context.shape)
    const records = byUser.get(userId)!
    const result = applyRecords(state, where, records, rules)
    return { records, result, write: { userId, state, storedOffsets: stored[index]?.storedOffsets } }
  })
}

const noVectors: ReadonlyMap<string, ItemVectors> = new Map()

type UsersOf = Map<string, Set<string>>

/** Users by an item that is not known: they have an event of it in the batch; or they were woken for it and still wait, as it
 *  has been removed again since: with the waking they were struck off its list, or will be. When it comes, or comes back,
 *  nobody would wake them. It is asked with the states at hand: whoever is woken from then on, through another partition
 *  too, is written, and this batch is then fenced and asks again. */
function withoutVector(
  userIds: readonly string[],
  byUser: RecordsByUser,
  stored: readonly (StoredUser | undefined)[],
  unknown: ReadonlySet<string>,
  known: (itemId: string) => ItemVectors | undefined,
): UsersOf {
  const usersOf: UsersOf = new Map()
  for (const [index, userId] of userIds.entries()) {
    const waiting = waitingOf(stored[index])
    for (const { event, knownItem } of byUser.get(userId)!) {
      const isWanted = event !== undefined && event.weight !== 0
      if (isWanted && unknown.has(event.itemId) && known(event.itemId) === undefined)
        note(usersOf, event.itemId, userId)
      const isWoken = knownItem !== undefined && waiting.some(({ itemId }) => itemId === knownItem)
      if (isWoken && known(knownItem) === undefined) note(usersOf, knownItem, userId)
    }
  }
  return usersOf
}

/** Hardly anybody has any, and then none are made. */
function waitingOf(user: StoredUser | undefined): readonly RememberedEvent[] {
  return user === undefined || user.state.waiting.length === 0 ? [] : user.state.waiting.events
}

function note(usersOf: UsersOf, itemId: string, userId: string): void {
  const users = usersOf.get(itemId)
  if (users === undefined) usersOf.set(itemId, new Set([userId]))
  else users.add(userId)
}

/** All items touched, with the vectors of those that have any. */
export async function touchedItems(
  byUser: RecordsByUser,
  context: Pick<EventTracking, 'vectors'>,
): Promise<TouchedItems> {
  const itemIds = new Set<string>()
  for (const records of byUser.values()) {
    for (const { event } of records) if (event !== undefined && event.weight !== 0) itemIds.add(event.itemId)
  }
  const vectors = await context.vectors.vectorsOf(itemIds)
  return { vectors, unknown: new Set([...itemIds].filter((itemId) => !vectors.has(itemId))) }
}

type WaitingContext = Pick<EventTracking, 'vectors'> & { store: InterestStore }

/** Vectors of the items. The users of an unknown one are noted as waiting for it, and only then is it looked up once
 *  more: had it appeared in between, nobody would wake them. */
async function vectorsOrWaiting(
  usersOf: UsersOf,
  { vectors, store }: WaitingContext,
): Promise<ReadonlyMap<string, ItemVectors>> {
  const known = await vectors.vectorsOf(usersOf.keys())
  const unknown = [...usersOf].filter(([itemId]) => !known.has(itemId))
  if (unknown.length === 0) return known
  await Promise.all(unknown.map(([itemId, users]) => store.addWaiting(itemId, [...users])))
  const appeared = await vectors.vectorsOf(unknown.map(([itemId]) => itemId))
  return new Map([...known, ...appeared])
}
