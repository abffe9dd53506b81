import { HalflifeError } from '../errors/halflife-error.ts'
import type { InterestCommit } from './interest-store.ts'
import { partitionName } from './partition-codec.ts'

export function positionMoved({
  topic,
  partition,
  expectedPosition,
}: InterestCommit['partition']): HalflifeError {
  return new HalflifeError(
    'HL_POSITION_MOVED',
    `${partitionName(topic, partition)} no longer stands at ${expectedPosition ?? 'its beginning'}: another tracker ` +
      'has moved it on. Read the partition again and go on from there.',
  )
}
