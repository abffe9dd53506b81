import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'
import type { EventLog, LogRecord, NewRecord, Subscription, TopicSpec } from '../event-log.ts'
import { missingTopics } from '../missing-topics.ts'
import { startingOffsets } from '../starting-offset.ts'
import { appendBell } from './append-bell.ts'
import { embeddedSubscription } from './embedded-subscription.ts'
import { openLogDatabase } from './log-database.ts'

export interface EmbeddedEventLogOptions {
  /** The folder of the log; made when missing. Several processes may have it open at once. */
  readonly path: string
}

/** The event log in a folder of this machine. Appends are on disk when they resolve and survive the end of the process at
 *  any moment. Keys are placed by FNV-1a; a group's partitions all belong to one member at a time.
 *  @throws HL_LOG_UNAVAILABLE from every operation when the folder cannot be written or the log is closed */
export function embeddedEventLog({ path }: EmbeddedEventLogOptions): EventLog {
  const database = attempting('opening', () => openLogDatabase(path))
  const bell = appendBell(database)
  const subscriptions = new Set<Subscription>()
  const startingOffset = startingOffsets(async (topic, partition) => {
    database.refresh() // what another process has appended and applied meanwhile is no log cut short
    return { start: 0, end: database.ends.get([topic, partition]) ?? 0 }
  })
  let closed = false

  function unavailable(doing: string, why: string, cause?: unknown): HalflifeError {
    return new HalflifeError('HL_LOG_UNAVAILABLE', `The log in ${path} failed at ${doing}: ${why}`, { cause })
  }

  function attempting<T>(doing: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw unavailable(doing, messageOf(error), error)
    }
  }

  async function using<T>(doing: string, action: () => T | Promise<T>): Promise<T> {
    if (closed) throw unavailable(doing, 'it is closed')
    try {
      database.refresh()
      return await action()
    } catch (error) {
      throw error instanceof HalflifeError ? error : unavailable(doing, messageOf(error), error)
    }
  }

  function createMissing(topics: readonly TopicSpec[]): void {
    for (const { name, partitions, compacted } of topics) {
      if (!database.topics.get(name)) database.topics.putSync(name, { partitions, compacted })
    }
  }

  async function append(topic: string, records: readonly NewRecord[]): Promise<void> {
    await using(`appending to ${topic}`, async () => {
      if (!database.topics.get(topic))
        throw unavailable('appending', `there is no topic ${topic}; create it first`)
      await database.write(() => database.put(topic, records, Date.now()))
      bell.ring(topic)
    })
  }

  function endOffsets(topic: string): Map<number, number> {
    const { partitions = 0 } = database.topics.get(topic) ?? {}
    const numbers = Array.from({ length: partitions }, (_, partition) => partition)
    return new Map(numbers.map((partition) => [partition, database.ends.get([topic, partition]) ?? 0]))
  }

  async function* read(topic: string, fromOffsets?: ReadonlyMap<number, number>): AsyncGenerator<LogRecord> {
    const ends = await using(`reading ${topic}`, () => endOffsets(topic))
    for (const [partition, end] of ends) {
      let position = fromOffsets?.get(partition) ?? 0
      while (position < end) {
        const from = position
        const found = await using(`reading ${topic}`, () => database.readFrom(topic, partition, from))
        const records = found.filter(({ offset }) => offset < end)
        yield* records
        position = records.length === 0 ? end : records.at(-1)!.offset + 1
      }
    }
  }

  return {
    ensureTopics: (topics) =>
      using('creating topics', async () => {
        await database.write(() => createMissing(topics))
        for (const { name } of topics) bell.ring(name)
      }),
    append,
    async subscribe(options) {
      const member = await using('subscribing', () =>
        embeddedSubscription({ database, bell, subscription: options, startingOffset }),
      )
      subscriptions.add(member)
      return {
        async close() {
          await member.close()
          subscriptions.delete(member)
        },
      }
    },
    endOffsets: (topic) => using(`reading the offsets of ${topic}`, () => endOffsets(topic)),
    committedOffsets: (group, topic) =>
      using(`reading the commits of ${group}`, () => {
        const range = { start: [group, topic], end: [group, topic, Number.POSITIVE_INFINITY] }
        return new Map([...database.commits.getRange(range)].map(({ key, value }) => [key[2], value]))
      }),
    read,
    ping: (topics = []) =>
      using('answering', () => {
        database.topics.getStats()
        const missing = topics.filter((topic) => !database.topics.get(topic))
        if (missing.length > 0) throw missingTopics(`The log in ${path}`, missing)
      }),
    async close() {
      if (closed) return
      await Promise.all([...subscriptions].map((subscription) => subscription.close()))
      closed = true
      bell.stop()
      await database.close()
    },
  }
}
