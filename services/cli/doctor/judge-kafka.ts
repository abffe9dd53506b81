import type { TopicNames } from '../../../libs/log/event-log.ts'
import type {
  ExaminedGroup,
  ExaminedTopic,
  KafkaExamination,
} from '../../../libs/log/kafka/kafka-examination.ts'
import { removalEntries } from '../../../libs/log/kafka/removal-entries.ts'
import { type Finding, green, red, yellow } from './finding.ts'
import { inWords } from './in-words.ts'

/** What the settings want of Kafka. */
export interface WantedOfKafka {
  readonly topics: TopicNames
  readonly partitions: number
  readonly longestHalfLifeMs: number
  readonly userTtlMs: number
}

const HOUR_MS = 3_600_000
const WEEK_MS = 168 * HOUR_MS
/** Some two seconds' work of one tracker. */
const MUCH_LAG = 20_000

export function judgeKafka(seen: KafkaExamination, wanted: WantedOfKafka): Finding[] {
  return [
    judgeRelease(seen),
    ...Object.entries(wanted.topics).map(([purpose, name]) =>
      judgeTopic(
        name,
        seen.topics.find((topic) => topic.name === name),
        purpose,
        seen.brokers,
        wanted,
      ),
    ),
    ...seen.topics.filter(({ name }) => name === wanted.topics.events).map((t) => judgeRetention(t, wanted)),
    ...seen.topics.flatMap(judgeRemovals),
    ...seen.groups.map(judgeLag),
    judgeTimes(seen),
  ]
}

function judgeRelease({ brokers, release }: KafkaExamination): Finding {
  const what = 'kafka version'
  if (release === undefined) {
    return red(what, 'older than 2.4', 'Use Kafka 2.4 or later: earlier ones cannot make topics by default.')
  }
  return green(what, `${release} or later, ${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`)
}

function judgeTopic(
  name: string,
  topic: ExaminedTopic | undefined,
  purpose: string,
  brokers: number,
  { partitions }: WantedOfKafka,
): Finding {
  const what = `topic ${name}`
  if (topic === undefined) {
    return yellow(what, 'absent', 'Start a collector or tracker: it makes what is missing.')
  }
  const compacted = purpose === 'items' || purpose === 'users'
  if (compacted && !topic.compacted) {
    return red(
      what,
      'not compacted: entries go when they are old',
      `kafka-configs --alter --topic ${name} --add-config cleanup.policy=compact`,
    )
  }
  if (!compacted && topic.compacted) {
    return red(
      what,
      'compacted: of each key only the newest record stays',
      `kafka-configs --alter --topic ${name} --add-config cleanup.policy=delete, and import what is lost again.`,
    )
  }
  if (topic.underReplicated > 0) {
    return yellow(
      what,
      `${topic.underReplicated} of ${topic.partitions} partitions have a replica that is not in step`,
      'See to the broker that is down or slow.',
    )
  }
  if (topic.replicas < 2 && brokers > 1) {
    return yellow(
      what,
      `kept once, although there are ${brokers} brokers`,
      'Raise its replicas (kafka-reassign-partitions); TOPIC_REPLICATION counts for new topics only.',
    )
  }
  // Of an entry in two partitions nobody could say which is the newer one: compacted topics stay as they are.
  if (purpose !== 'deadLetter' && !compacted && topic.partitions !== partitions) {
    return yellow(
      what,
      `${topic.partitions} partitions, and TOPIC_PARTITIONS is ${partitions}`,
      topic.partitions < partitions
        ? 'Trackers beyond the number of partitions stand idle: kafka-topics --alter --partitions, or lower the setting.'
        : `Set TOPIC_PARTITIONS=${topic.partitions}; partitions cannot be taken away.`,
    )
  }
  return green(
    what,
    `${topic.partitions} partitions, kept ${topic.replicas === 1 ? 'once' : `${topic.replicas} times`}`,
  )
}

/** Whoever was away for longer, or whose store came back older, keeps what was removed: items, and what was stated of people who
 *  were forgotten. */
function judgeRemovals({ name, compacted, removalsMs }: ExaminedTopic): Finding[] {
  if (!compacted || removalsMs === undefined || removalsMs >= WEEK_MS) return []
  const entries = removalEntries.map((entry) => `${entry.name}=${entry.value}`).join(',')
  return [
    yellow(
      `removals in ${name}`,
      `told for ${inWords(removalsMs)}: a tracker that is away for longer, or an older backup, keeps what was removed`,
      `kafka-configs --alter --topic ${name} --add-config ${entries}`,
    ),
  ]
}

/** An outage longer than the retention loses events, and a store that is lost comes back only as far as it reaches. */
function judgeRetention(
  { name, retentionMs, retentionBytes }: ExaminedTopic,
  { longestHalfLifeMs, userTtlMs }: WantedOfKafka,
): Finding {
  const what = 'retention of events'
  const alter = `kafka-configs --alter --topic ${name} --add-config`
  if (retentionMs !== undefined && retentionMs < HOUR_MS) {
    return red(
      what,
      `${inWords(retentionMs)}: an outage of that length loses events`,
      `${alter} retention.ms=604800000`,
    )
  }
  if (retentionBytes !== undefined) {
    return yellow(
      what,
      `ends at ${retentionBytes} bytes a partition, however young the records are`,
      `${alter} retention.bytes=-1, or watch halflife_events_expired_total.`,
    )
  }
  if (retentionMs === undefined) return green(what, 'for good: a lost store comes back whole')
  const share = Math.round(100 * (1 - 2 ** (-retentionMs / longestHalfLifeMs)))
  const seen =
    `${inWords(retentionMs)}; users are kept for ${inWords(userTtlMs)} after their last event, and their longest ` +
    `half-life is ${inWords(longestHalfLifeMs)}`
  if (retentionMs >= userTtlMs) return green(what, seen)
  return yellow(
    what,
    `${seen}: the log alone gives back ${share} % of a steady lasting interest`,
    `Run \`halflife backup\` more often than every ${inWords(retentionMs)}, or ${alter} retention.ms=${userTtlMs}.`,
  )
}

function judgeLag({ name, topic, members, lag }: ExaminedGroup): Finding {
  const what = `lag of ${name} on ${topic}`
  const seen = `${lag} records, ${members} ${members === 1 ? 'tracker' : 'trackers'}`
  if (members === 0) {
    return lag > 0
      ? red(what, seen, 'Start a tracker: nobody takes in what happens.')
      : yellow(what, seen, 'Start a tracker before events come.')
  }
  if (lag > MUCH_LAG) return yellow(what, seen, 'Start more trackers; see ops/runbooks/tracker-behind.md.')
  return green(what, seen)
}

function judgeTimes({ fromFuture }: KafkaExamination): Finding {
  const what = 'clocks of producers'
  if (fromFuture === 0) return green(what, 'no record is from the future')
  return yellow(
    what,
    `${fromFuture} partitions hold records from later than now`,
    'Set the clocks of producers, brokers and this machine by NTP.',
  )
}
