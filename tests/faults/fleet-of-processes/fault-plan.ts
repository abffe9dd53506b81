import type { SeededRandom } from '../simulation/seeded-random.ts'

/** What is done to the fleet on purpose, one after another.
 *  `crash`: kill -9 of a tracker, which is started again. `zombie`: a tracker stands still in the middle of a batch, loses
 *  its partitions and goes on. `join`, `leave`: a tracker more, a tracker less in good order. `redisRestart`: kill -9.
 *  `powerLoss`: the same, and what Redis wrote within the last second is cut off. `brokerRestart`: kill -9. */
export const FAULTS = [
  'crash',
  'zombie',
  'join',
  'leave',
  'redisRestart',
  'powerLoss',
  'brokerRestart',
] as const
export type Fault = (typeof FAULTS)[number]

export type FaultCounts = Readonly<Record<Fault, number>>

/** All of them in a drawn order, in which nobody leaves who has not joined. */
export function faultPlan(random: SeededRandom, counts: FaultCounts): Fault[] {
  const all = FAULTS.flatMap((fault) => new Array<Fault>(counts[fault]).fill(fault))
  let joined = 0
  return random.shuffled(all).map((fault) => {
    if (fault !== 'join' && fault !== 'leave') return fault
    joined += joined > 0 ? -1 : 1
    return joined > 0 ? 'join' : 'leave'
  })
}
