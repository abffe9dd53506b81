import { HalflifeError, isHalflifeError } from '../../../libs/errors/halflife-error.ts'
import { decodeJson } from '../../../libs/event/decode-record.ts'
import { sourceHeaders, sourceOf } from '../../../libs/event/replayed-record.ts'
import type { EventLog, LogRecord, NewRecord, TopicNames } from '../../../libs/log/event-log.ts'
import { Forgettings } from '../forgettings.ts'
import { type DeadLetter, readDeadLetters } from './stored-dead-letter.ts'

/** How many were left out, and why. */
interface LeftOut {
  /** Items and users of which the log holds a newer record by now. */
  readonly superseded: number
  /** Records of users who, by what the log holds, were forgotten since. */
  readonly forgotten: number
  /** Impressions, and records from topics of another prefix. */
  readonly foreign: number
  /** Records of which only the place was set aside. */
  readonly incomplete: number
}

export interface ReplaySummary extends LeftOut {
  readonly replayed: number
}

const AT_ONCE = 500

/** Puts dead letters back into the topics they came from, with their value, key, headers and log time, and with a header
 *  that says where they lay first: by that an event is known again, so putting it back twice counts once.
 *  @param keys of the dead letters; undefined for all, of which what cannot be put back is passed over @throws HL_DEAD_LETTER before anything is put back */
export async function replayDeadLetters(
  keys: ReadonlySet<string> | undefined,
  log: EventLog,
  topics: TopicNames,
): Promise<ReplaySummary> {
  if (keys !== undefined) await requireKnown(keys, log, topics)
  const isSuperseded = supersededBy(log, topics)
  const isForgotten = forgottenIn(log, topics)
  const origins = new Set<string>()
  const waiting = new Map<string, NewRecord[]>()
  const left = { superseded: 0, forgotten: 0, foreign: 0, incomplete: 0 }
  let replayed = 0
  for await (const letter of readDeadLetters(log, topics.deadLetter)) {
    if (keys !== undefined && !keys.has(letter.key)) continue
    if (origins.has(letter.origin)) continue
    origins.add(letter.origin)
    const why =
      unfitFor(letter, topics) ??
      ((await isForgotten(letter)) ? 'forgotten' : undefined) ??
      ((await isSuperseded(letter)) ? 'superseded' : undefined)
    if (why !== undefined) {
      left[why]++
      continue
    }
    replayed++
    const records = waiting.get(letter.topic) ?? []
    waiting.set(letter.topic, records)
    records.push(originalRecord(letter))
    if (records.length === AT_ONCE) await log.append(letter.topic, records.splice(0))
  }
  for (const [topic, records] of waiting) if (records.length > 0) await log.append(topic, records)
  return { replayed, ...left }
}

async function requireKnown(keys: ReadonlySet<string>, log: EventLog, topics: TopicNames): Promise<void> {
  const unknown = new Set(keys)
  for await (const letter of readDeadLetters(log, topics.deadLetter)) {
    if (unknown.delete(letter.key)) requireFit(letter, topics)
  }
  for (const key of unknown) throw unknownDeadLetter(key)
}

export function unknownDeadLetter(key: string): HalflifeError {
  return new HalflifeError('HL_DEAD_LETTER', `there is no dead letter ${key}; take a key from the list`)
}

/** Impressions are foreign: put back twice they would count twice, and a page is of use only so long. Without its value a record
 *  would remove an item. */
function unfitFor(letter: DeadLetter, { events, items, users }: TopicNames): keyof LeftOut | undefined {
  if (![events, items, users].includes(letter.topic)) return 'foreign'
  return letter.leftOutBytes === undefined ? undefined : 'incomplete'
}

function requireFit(letter: DeadLetter, topics: TopicNames): void {
  const { key, topic, leftOutBytes } = letter
  const { events, items, users } = topics
  const unfit = unfitFor(letter, topics)
  if (unfit === undefined) return
  const why =
    unfit === 'foreign'
      ? `came from ${topic}, not from ${events}, ${items} or ${users}; see TOPIC_PREFIX`
      : `is without its value of ${leftOutBytes} bytes, which was too large; send it anew`
  throw new HalflifeError('HL_DEAD_LETTER', `dead letter ${key} ${why}`)
}

/** A record that had no key gets that of its dead letter, which spreads such records over the partitions. */
function originalRecord(letter: DeadLetter): NewRecord {
  return {
    key: letter.originalKey ?? letter.key,
    value: letter.value,
    headers: { ...letter.originalHeaders, ...sourceHeaders(letter.origin) },
    timestampMs: letter.timestampMs,
  }
}

/** A tracker would not count it, but the log would keep it anew, and perhaps for longer than the request that it is older than. */
function forgottenIn(log: EventLog, { events, users }: TopicNames) {
  let forgettings: Promise<Forgettings> | undefined
  return async (letter: DeadLetter): Promise<boolean> => {
    const userId = letter.topic === events ? userIdIn(letter) : letter.originalKey
    if ((letter.topic !== events && letter.topic !== users) || userId === undefined) return false
    forgettings ??= Forgettings.inLog(log, events)
    // Of its place among the requests nothing is known in another topic, or when it was put back before.
    const headers = asBytes(letter.topic === events ? letter.originalHeaders : sourceHeaders(letter.origin))
    return (await forgettings).isForgotten(userId, { ...letter, headers })
  }
}

/** Whom the event is about: whatever else is wrong with it, that may be understood. */
function userIdIn({ value, originalKey }: DeadLetter): string | undefined {
  try {
    const event = value === null ? undefined : (decodeJson(value) as { readonly userId?: unknown } | null)
    return typeof event?.userId === 'string' ? event.userId : originalKey
  } catch (error) {
    if (isHalflifeError(error)) return originalKey
    throw error
  }
}

function asBytes(headers: Readonly<Record<string, string>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]))
}

/** In the topics of items and users the newest record of a key is the truth: an older one must not come behind it. */
function supersededBy(log: EventLog, { items, users }: TopicNames) {
  const newestIn = new Map<string, Promise<Map<string, LogRecord>>>()
  return async (letter: DeadLetter): Promise<boolean> => {
    const { topic, partition, offset, timestampMs, originalKey, origin } = letter
    if ((topic !== items && topic !== users) || originalKey === undefined) return false
    if (!newestIn.has(topic)) newestIn.set(topic, newestByKey(log, topic))
    const newest = (await newestIn.get(topic))?.get(originalKey)
    if (newest === undefined || sourceOf(newest) === origin) return false
    return newest.partition === partition ? newest.offset > offset : newest.timestampMs > timestampMs
  }
}

async function newestByKey(log: EventLog, topic: string): Promise<Map<string, LogRecord>> {
  const newest = new Map<string, LogRecord>()
  for await (const record of log.read(topic)) {
    if (record.key !== null) newest.set(record.key.toString(), { ...record, value: null })
  }
  return newest
}
