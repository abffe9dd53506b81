import { describe, expect, it } from 'vitest'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { EventLog, LogRecord, NewRecord } from '../../../libs/log/event-log.ts'
import { setAside } from '../../../services/tracker/dead-letter.ts'
import type { TrackerTelemetry } from '../../../services/tracker/tracker-telemetry.ts'

const MOST_BYTES = 5_000

function bytesOf({ value, headers = {} }: NewRecord): number {
  return (value?.length ?? 0) + Object.entries(headers).join('').length
}

/** Takes no record that is larger, as a topic of Kafka. */
function narrowLog() {
  const letters: NewRecord[] = []
  const append = async (_: string, records: readonly NewRecord[]) => {
    if (records.some((record) => bytesOf(record) > MOST_BYTES)) {
      throw new HalflifeError('HL_BODY_TOO_LARGE', 'a record is larger than the topic takes')
    }
    letters.push(...records)
  }
  return { letters, log: { append } as unknown as EventLog }
}

function undecodable(offset: number, over: Partial<LogRecord> = {}, reason = 'no JSON') {
  const place = { topic: 'halflife.events', partition: 2, offset, timestampMs: 0 }
  const record = { ...place, key: Buffer.from('ann'), value: Buffer.from('?'), headers: {}, ...over }
  return { record, error: new HalflifeError('HL_BODY_JSON', reason) }
}

describe('a record that is too large for the dead-letter topic', () => {
  it.each([
    ['by its value', { value: Buffer.alloc(MOST_BYTES) }, undefined, MOST_BYTES],
    ['by a header', { headers: { trace: Buffer.alloc(MOST_BYTES, 'x') } }, undefined, 1],
    ['by its key', { key: Buffer.alloc(MOST_BYTES, 'x'), value: null }, undefined, 0],
    ['by what is said of it', {}, 'x'.repeat(MOST_BYTES), 1],
  ])('%s leaves where it lies and why, and its neighbours are whole', async (_, over, reason, bytes) => {
    const { letters, log } = narrowLog()
    const said: number[] = []
    const say = { recordDeadLettered: ({ offset }: LogRecord) => said.push(offset) }
    const records = [undecodable(1), undecodable(2, over, reason), undecodable(3)]
    await setAside(records, log, 'halflife.dead-letter', say as unknown as TrackerTelemetry)
    expect(letters.map(({ key }) => key)).toEqual([1, 2, 3].map((offset) => `halflife.events/2/${offset}`))
    expect(letters.map(({ value }) => value?.toString())).toEqual(['?', undefined, '?'])
    expect(letters[1]!.headers).toMatchObject({
      'halflife-left-out': String(bytes),
      'halflife-code': 'HL_BODY_JSON',
      'halflife-offset': '2',
    })
    expect(letters[0]!.headers).not.toHaveProperty('halflife-left-out')
    expect(said).toEqual([1, 2, 3])
  })
})

it('is set aside although its time cannot be written', async () => {
  const { letters, log } = narrowLog()
  const say = { recordDeadLettered() {} } as unknown as TrackerTelemetry
  await setAside([undecodable(1, { timestampMs: 1.7e18 })], log, 'halflife.dead-letter', say)
  expect(letters[0]!.headers!['halflife-timestamp']).toMatch(/^\+275760-/)
})
