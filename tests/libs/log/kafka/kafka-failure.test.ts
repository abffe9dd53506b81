import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { HalflifeError } from '../../../../libs/errors/halflife-error.ts'
import { brokerSaid, isFinalFailure, kafkaFailure } from '../../../../libs/log/kafka/kafka-failure.ts'

const refused = (type: string, retriable: boolean) =>
  new KafkaJSProtocolError(Object.assign(new Error(`the broker says ${type}`), { type, retriable }))
const givenUpOn = (error: Error) =>
  new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 0, retryTime: 100 })

describe('a kafkajs failure', () => {
  it('becomes HL_LOG_UNAVAILABLE with the cause and what was being done', () => {
    const cause = new KafkaJSConnectionError('connect ECONNREFUSED')
    const failure = kafkaFailure(cause, 'appending 3 records to events')
    expect(failure).toMatchObject({ code: 'HL_LOG_UNAVAILABLE', cause })
    expect(failure.message).toContain('appending 3 records to events')
    expect(failure.message).toContain('ECONNREFUSED')
  })

  it('stays what it is when it is one of ours', () => {
    const ours = new HalflifeError('HL_POSITION_MOVED', 'moved')
    expect(kafkaFailure(ours, 'consuming')).toBe(ours)
  })

  it('tells a record that is too large from a broker that is away', () => {
    expect(kafkaFailure(refused('MESSAGE_TOO_LARGE', false), 'appending').code).toBe('HL_BODY_TOO_LARGE')
  })

  it('is final only if its innermost cause is: giving up is not', () => {
    expect(isFinalFailure(refused('MESSAGE_TOO_LARGE', false))).toBe(true)
    expect(isFinalFailure(givenUpOn(refused('NOT_LEADER_FOR_PARTITION', true)))).toBe(false)
    expect(isFinalFailure(givenUpOn(refused('MESSAGE_TOO_LARGE', false)))).toBe(true)
    expect(isFinalFailure(new Error('anything else'))).toBe(false)
  })

  it('is searched for what the broker said, however deep', () => {
    const deep = givenUpOn(givenUpOn(refused('UNKNOWN_TOPIC_OR_PARTITION', true)))
    expect(brokerSaid(deep, 'UNKNOWN_TOPIC_OR_PARTITION')).toBe(true)
    expect(brokerSaid(deep, 'NOT_LEADER_FOR_PARTITION')).toBe(false)
  })
})
