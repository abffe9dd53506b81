import { describe, expect, it } from 'vitest'
import { topicNames } from '../../../../libs/log/event-log.ts'
import { judgeKafka } from '../../../../services/cli/doctor/judge-kafka.ts'

const topics = topicNames('halflife')

describe('topics of fewer partitions than TOPIC_PARTITIONS says', () => {
  it('may grow, but not those in which an entry would then lie twice', () => {
    const seen = Object.entries(topics).map(([purpose, name]) => ({
      ...{ name, partitions: 12, replicas: 1, underReplicated: 0 },
      ...{ compacted: purpose === 'items' || purpose === 'users' },
      ...{ removalsMs: undefined, retentionMs: undefined, retentionBytes: undefined },
    }))
    const wanted = { topics, partitions: 48, longestHalfLifeMs: 1, userTtlMs: 1 }
    const kafka = { brokers: 1, release: '4.0', topics: seen, groups: [], fromFuture: 0 }
    const told = judgeKafka(kafka, wanted).filter(({ remedy }) => remedy?.includes('--alter --partitions'))
    expect(told.map(({ what }) => what)).toEqual([`topic ${topics.events}`, `topic ${topics.impressions}`])
  })
})
