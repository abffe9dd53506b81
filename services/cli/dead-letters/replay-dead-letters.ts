import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { sourceHeaders, sourceOf } from '../../../libs/event/replayed-record.ts'
import type { EventLog, LogRecord, NewRecord, TopicNames } from '../../../libs/log/event-log.ts'
import { type DeadLetter, readDeadLetters } from './stored-dead-letter.ts'

export interface ReplaySummary {
  readonly replayed: number
  /** Items and users of which the log holds a newer record by now. */
  readonly superseded: number
  /** Records of which only the place was set aside. */
  readonly incomplete: number
}

const AT_ONCE = 500

/** Puts dead letters back into the topics they came from, with their value, key, headers and log time, and with a header
 *  that says where they lay first: by that an event is known again, so putting it back twice counts once.
 *  @param keys of the dead letters; undefined for all @throws HL_DEAD_LETTER before anything is put back */
export async function replayDeadLetters(
  keys: ReadonlySet<string> | undefined,
  log: EventLog,
  topics: TopicNames,
): Promise<ReplaySummary> {
  if (keys !== undefined) await requireKnown(keys, log, topics)
  const isSuperseded = supersededBy(log, topics)
  const origins = new Set<string>()
  const waiting = new Map<string, NewRecord[]>()
  let [superseded, incomplete] = [0, 0]
  for await (const letter of readDeadLetters(log, topics.deadLetter)) {
    if (keys !== undefined && !keys.has(letter.key)) continue
    if (origins.has(letter.origin)) continue
    origins.add(letter.origin)
    if (letter.leftOutBytes !== undefined) {
      incomplete++
      continue
    }
    if (await isSuperseded(letter)) {
      superseded++
      continue
    }
    const topic = originalTopic(letter, topics)
    const records = waiting.get(topic) ?? []
    waiting.set(topic, records)
    records.push(originalRecord(letter))
    if (records.length === AT_ONCE) await log.append(topic, records.splice(0))
  }
  for (const [topic, records] of waiting) if (records.length > 0) await log.append(topic, records)
  return { replayed: origins.size - superseded - incomplete, superseded, incomplete }
}

async function requireKnown(keys: ReadonlySet<string>, log: EventLog, topics: TopicNames): Promise<void> {
  const unknown = new Set(keys)
  for await (const letter of readDeadLetters(log, topics.deadLetter)) {
    if (!unknown.delete(letter.key)) continue
    originalTopic(letter, topics)
    if (letter.leftOutBytes !== undefined) throw incompleteDeadLetter(letter)
  }
  for (const key of unknown) throw unknownDeadLetter(key)
}

export function unknownDeadLetter(key: string): HalflifeError {
  return new HalflifeError('HL_DEAD_LETTER', `there is no dead letter ${key}; take a key from the list`)
}

function incompleteDeadLetter({ key, leftOutBytes }: DeadLetter): HalflifeError {
  const detail = `dead letter ${key} is without its value of ${leftOutBytes} bytes, which was too large; send it anew`
  return new HalflifeError('HL_DEAD_LETTER', detail)
}

function originalTopic({ key, topic }: DeadLetter, { events, items, users }: TopicNames): string {
  if ([events, items, users].includes(topic)) return topic
  const detail = `dead letter ${key} came from ${topic}, not from ${events}, ${items} or ${users}; see TOPIC_PREFIX`
  throw new HalflifeError('HL_DEAD_LETTER', detail)
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
