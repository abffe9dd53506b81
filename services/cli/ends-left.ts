import type { EventLog } from '../../libs/log/event-log.ts'

/** Where the partitions of a topic end, by partition, except those of which nothing is left to be read: their records have
 *  expired, and a position in the store never reaches the end. */
export async function endsLeft(
  topic: string,
  positionOf: (partition: number) => number,
  log: Pick<EventLog, 'endOffsets' | 'read'>,
): Promise<Map<number, number>> {
  const ends = await log.endOffsets(topic)
  const left = await Promise.all(
    [...ends].map(async ([partition, end]) => {
      const position = positionOf(partition)
      return position >= end || isAnyLeft(topic, new Map(ends).set(partition, position), log)
    }),
  )
  return new Map([...ends].filter((_, index) => left[index]))
}

async function isAnyLeft(
  topic: string,
  from: ReadonlyMap<number, number>,
  log: Pick<EventLog, 'read'>,
): Promise<boolean> {
  for await (const _ of log.read(topic, from)) return true
  return false
}
