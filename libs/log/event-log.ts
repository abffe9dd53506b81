/** The log: an append-only, partitioned record of what happened, read by groups. Two adapters: Kafka and embedded.
 *
 *  Delivery is at least once and in order within a partition. Exactly once in effect is made above this port, by the
 *  store's compare-and-set; the port's part in it is `startAt`: whoever applies records says where it stands, and
 *  the log never begins a partition after that point as long as it still holds the records. */
export interface EventLog {
  /** Creates what is missing; topics that exist are left as they are. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>
  /** Appends in order; resolves once the records are durable. Records with one key keep their order.
   *  @throws HL_LOG_UNAVAILABLE */
  append(topic: string, records: readonly NewRecord[]): Promise<void>
  subscribe(subscription: SubscriptionOptions): Promise<Subscription>
  /** The offset that the next record of each partition will get. An absent topic has none. */
  endOffsets(topic: string): Promise<Map<number, number>>
  /** The next offset the group will read, for partitions on which it has committed. */
  committedOffsets(group: string, topic: string): Promise<Map<number, number>>
  /** Reads a topic from its beginning to its present end, outside any group; `fromOffsets` begins later. */
  read(topic: string, fromOffsets?: ReadonlyMap<number, number>): AsyncIterable<LogRecord>
  /** Resolves when the log answers and has the topics, rejects with HL_LOG_UNAVAILABLE when not, naming those it lacks. */
  ping(topics?: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** Keep only the newest record of each key. */
  readonly compacted: boolean
  /** Of one record; what the log allows by default when absent. */
  readonly mostBytes?: number
}

export interface NewRecord {
  readonly key: string
  /** null is a tombstone: in a compacted topic it removes the key. */
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, string>>
  /** Log time in ms since the epoch; the time of appending when absent. */
  readonly timestampMs?: number
}

export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The log's own time for the record, ms since the epoch. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

export interface Batch {
  readonly topic: string
  readonly partition: number
  /** At least one, offsets rising. */
  readonly records: readonly LogRecord[]
  /** The offset that the partition's next record will get, as known when the batch was read: lag is the distance. */
  readonly endOffset: number
}

export interface SubscriptionOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Called one batch at a time for each partition; different partitions run side by side. When it resolves the batch
   *  is done and is committed soon after. When it rejects nothing is committed and, after a growing pause, the
   *  partition goes on from `startAt` (or without one from the failed batch's first record). */
  readonly onBatch: (batch: Batch) => Promise<void>
  /** Asked whenever a partition is taken up, and again after a failed batch: the next offset to deliver according to
   *  whoever applies the records; undefined to go on from the group's commit, or else from the beginning. It wins
   *  over the commit in both directions. */
  readonly startAt?: (topic: string, partition: number) => Promise<number | undefined>
  /** Told, topic by topic, which partitions this member has from now on; it has no others of the topic. */
  readonly onAssigned?: (topic: string, partitions: readonly number[]) => void
  /** Told of records from `startAt` on that the log no longer holds, those too that it removed while the partition was being
   *  read. An answer of 0 asks for the beginning, wherever that is by now, and misses nothing. */
  readonly onExpired?: (facts: { topic: string; partition: number; count: number }) => void
  /** Told of each failed batch and of each connection failure that the adapter will get over by itself. */
  readonly onTrouble?: (error: unknown) => void
}

export interface Subscription {
  /** Finishes the batches in hand, commits them and leaves the group. */
  close(): Promise<void>
}

/** The five topics of contract v1, under a configurable prefix. */
export interface TopicNames {
  readonly events: string
  readonly items: string
  readonly users: string
  readonly impressions: string
  readonly deadLetter: string
}

export function topicNames(prefix: string): TopicNames {
  return {
    events: `${prefix}.events`,
    items: `${prefix}.items`,
    users: `${prefix}.users`,
    impressions: `${prefix}.impressions`,
    deadLetter: `${prefix}.dead-letter`,
  }
}

/** Twice what Kafka takes by default: a record of any other topic, with why it could not be understood. */
const DEAD_LETTER_BYTES = 2 * 1024 * 1024

export function topicSpecs(names: TopicNames, partitions: number): TopicSpec[] {
  return [
    { name: names.events, partitions, compacted: false },
    { name: names.items, partitions, compacted: true },
    { name: names.users, partitions, compacted: true },
    { name: names.impressions, partitions, compacted: false },
    { name: names.deadLetter, partitions: 1, compacted: false, mostBytes: DEAD_LETTER_BYTES },
  ]
}
