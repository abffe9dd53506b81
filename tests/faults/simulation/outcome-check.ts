import { isDeepStrictEqual } from 'node:util'
import { countEvent, emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import { decodeUser } from '../../../libs/store/user-codec.ts'
import { type UnderstoodBatch, understandBatch } from '../../../services/tracker/understand-batch.ts'
import { committedPartitions } from './committed-partitions.ts'
import type { Ledger } from './ledger.ts'
import { pageProblems, profileProblems } from './page-check.ts'
import { personProblems } from './person-check.ts'
import { differences, recompute } from './recomputation.ts'
import { countedIn } from './safety.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { LogData } from './simulated-log.ts'
import type { StoreData } from './simulated-store.ts'
import {
  type Circumstances,
  contract,
  itemIds,
  type Room,
  topics,
  trendingHalfLifeMs,
  userIds,
  weights,
} from './small-world.ts'

export interface Outcome {
  readonly data: LogData
  readonly stored: StoreData
  readonly ledger: Ledger
  readonly room: Room
  readonly circumstances: Circumstances
  readonly random: SeededRandom
}

/** What is wrong with a world that has come to rest: everything must be as a plain recomputation of the log has it. */
export async function problemsOf(outcome: Outcome): Promise<string[]> {
  return [
    ...userIds.flatMap((userId) => userProblems(userId, outcome)),
    ...(await Promise.all(userIds.map((userId) => personProblems(userId, outcome)))).flat(),
    ...outcome.ledger.stillToForget().map((userId) => `${userId} was not forgotten with the account`),
    ...catalogProblems(outcome),
    ...profileProblems(outcome),
    ...pageProblems(outcome),
    ...partitionProblems(outcome),
    ...deadLetterProblems(outcome),
  ]
}

function userProblems(userId: string, { stored, ledger, room, random, circumstances }: Outcome): string[] {
  const fields = stored.users.get(userId)
  const events = random.shuffled(ledger.eventsOf(userId).filter(({ erasedBy }) => erasedBy.length === 0))
  if (fields === undefined) return events.length === 0 ? [] : [`nothing is stored of ${userId}`]
  const { state } = decodeUser(contract, userId, fields)
  const isKnown = (itemId: string): boolean => stored.items.get(itemId)?.value !== undefined
  // An item that was removed in the end may have been known, or may still have been, when an event of it came.
  const waits = new Set(state.waiting.events.map(({ fingerprint }) => fingerprint))
  // A tracker that was replaced may forget a user once more, and strike off what they have begun to wait for since: such
  // an event is found at the user's next one.
  const overdue = circumstances.forgetting ? [] : state.waiting.events.filter(({ itemId }) => isKnown(itemId))
  const found = overdue.map(({ itemId }) => `an event waits for ${itemId}, which is known`)
  if (room.mayLose) return found.map((problem) => `${userId}: ${problem}`)
  const expected = recompute(events, ({ fingerprint }) => waits.has(fingerprint), room)
  const counted = [...countedIn(state, events)]
  found.push(...differences(state, expected, counted, room))
  return found.map((problem) => `${userId}: ${problem}`)
}

/** The catalog holds the newest valid record of each item. */
function catalogProblems({ data, stored }: Outcome): string[] {
  const titles = new Map<string, string | undefined>()
  for (const { key, value } of data.topics.get(topics.items)!.flat()) {
    const text = value?.toString()
    if (text === undefined && key !== null) titles.set(key.toString(), undefined)
    else if (text?.startsWith('{') && !text.includes('[1,2]')) {
      const { itemId, title } = JSON.parse(text)
      titles.set(itemId, title)
    }
  }
  return itemIds.flatMap((itemId) => {
    const title = stored.items.get(itemId)?.value?.item.title
    return title === titles.get(itemId) ? [] : [`${itemId} is ${title} instead of ${titles.get(itemId)}`]
  })
}

/** Positions are at the log's end, and each record has been counted once among what is wanted. */
function partitionProblems(outcome: Outcome): string[] {
  return committedPartitions(outcome, topics.events, (name, committed, records) => {
    const { position, trending, recent = new Map() } = committed
    const expected = emptyCounts()
    const { byUser } = understandBatch(records, weights)
    for (const each of [...byUser.values()].flat()) {
      const { event } = each
      if (event !== undefined && event.weight > 0) countEvent(expected, event, trendingHalfLifeMs)
    }
    // Sums of powers of two: exact, whatever the order.
    const sorted = (counts: Map<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
    const isCounted = isDeepStrictEqual(sorted(trending.weights), sorted(expected.weights))
    return [
      ...(position === records.length
        ? []
        : [`${name} stands at ${position}, and ends at ${records.length}`]),
      ...(isDeepStrictEqual([...recent], lastChanges(byUser))
        ? []
        : [`${name} lists its recent users wrongly`]),
      ...(isCounted ? [] : [`${name} has counted its records wrongly for what is wanted`]),
    ]
  })
}

/** By user the offset of the last record that may have changed them, in the order of the offsets. */
function lastChanges(byUser: UnderstoodBatch['byUser']): [userId: string, offset: number][] {
  const last = [...byUser].map(([userId, records]): [string, number] => {
    const changing = records.filter(({ event }) => event?.weight !== 0)
    return [userId, changing.at(-1)?.offset ?? -1]
  })
  return last.filter(([, offset]) => offset >= 0).sort(([, a], [, b]) => a - b)
}

/** Each record that cannot be understood has been set aside, as it was, and no other has. */
function deadLetterProblems({ data, ledger }: Outcome): string[] {
  const found: string[] = []
  const deadLetters = new Map(
    data.topics.get(topics.deadLetter)!.flatMap((records) => {
      return records.map((record) => [record.key!.toString(), record] as const)
    }),
  )
  for (const { record, error } of ledger.undecodable()) {
    const place = `${record.topic}/${record.partition}/${record.offset}`
    const letter = deadLetters.get(place)
    deadLetters.delete(place)
    if (letter === undefined) found.push(`the record at ${place} was not set aside (${error.code})`)
    else if (!isDeepStrictEqual(letter.value, record.value))
      found.push(`other bytes were set aside for ${place}`)
    else if (letter.headers['halflife-code']?.toString() !== error.code)
      found.push(`another code for ${place}`)
  }
  const items = [...deadLetters.keys()].filter((place) => place.startsWith(topics.items))
  const poisonItems = data.topics.get(topics.items)!.flatMap((records) => {
    return records
      .filter(({ key, value }) => {
        return value === null ? key === null : value.toString() === 'not JSON' || value.includes('[1,2]')
      })
      .map(({ partition, offset }) => `${topics.items}/${partition}/${offset}`)
  })
  if (!isDeepStrictEqual(items.sort(), poisonItems.sort()))
    found.push('other items than the poisonous were set aside')
  if (deadLetters.size > items.length) found.push('a record was set aside that can be understood')
  return found
}
