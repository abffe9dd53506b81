import { describe, expect, it } from 'vitest'
import { kafkaRecord } from '../../../../libs/log/kafka/kafka-record.ts'

describe('a record from Kafka', () => {
  const value = Buffer.from([0, 255])
  const message = {
    key: null,
    value,
    timestamp: '1700000000123',
    offset: '9007199254740991',
    attributes: 0,
    headers: { one: Buffer.from('1'), many: [Buffer.from('a'), Buffer.from('b')], none: undefined },
  }

  it('has numbers for offset and time, and the last of a repeated header', () => {
    expect(kafkaRecord('events', 4, message)).toEqual({
      topic: 'events',
      partition: 4,
      offset: Number.MAX_SAFE_INTEGER,
      timestampMs: 1_700_000_000_123,
      key: null,
      value,
      headers: { one: Buffer.from('1'), many: Buffer.from('b') },
    })
  })

  it('has no header that came without a value, as Java clients may send one', () => {
    const headers = { one: Buffer.from('1'), none: null, last: [Buffer.from('a'), null] } as never
    expect(kafkaRecord('events', 4, { ...message, headers }).headers).toEqual({ one: Buffer.from('1') })
  })
})
