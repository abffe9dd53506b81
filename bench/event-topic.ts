import type { Bench } from './benchmark.ts'
import { openLogAt, type Place } from './place.ts'
import { eventsOf, type WrittenEvent } from './workload.ts'

const APPEND_AT_ONCE = 10_000

export interface TopicSize {
  readonly events: number
  readonly users: number
  readonly items: number
}

/** Writes so many realistic events into the place's topic, which must be there. */
export async function writeEvents(
  place: Place,
  { events, users, items }: TopicSize,
  bench: Bench,
): Promise<void> {
  const beganMs = Date.now() - events
  await appendEvents(place, eventsOf(events, { users, items, beganMs }), (done) => {
    bench.progress(`Writing events of ${users} users`, done, events)
  })
}

export async function appendEvents(
  place: Place,
  events: Iterable<WrittenEvent>,
  onWritten: (count: number) => void = () => {},
): Promise<void> {
  const log = openLogAt(place)
  let records: { key: string; value: Buffer }[] = []
  let written = 0
  const append = async () => {
    await log.append(place.topics.events, records)
    written += records.length
    records = []
    onWritten(written)
  }
  for (const event of events) {
    records.push(recordOf(event))
    if (records.length === APPEND_AT_ONCE) await append()
  }
  if (records.length > 0) await append()
  await log.close()
}

export function recordOf(event: WrittenEvent): { key: string; value: Buffer } {
  return { key: event.userId, value: Buffer.from(JSON.stringify(event)) }
}
