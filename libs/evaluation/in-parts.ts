import { inThreads, type ThreadedWork } from '../learning/in-threads.ts'
import type { Ground } from './sources.ts'
import type { Case } from './split.ts'

/** What the cases are to be asked of. Plain data: it can be posted to a thread. */
export interface AskedGround extends Ground {
  readonly cases: readonly Case[]
}

/** Cases from … to − 1. */
export interface Part {
  readonly from: number
  readonly to: number
}

const CASES_OF_A_PART = 50

/** All cases, a part of them after another in as many threads as there are.
 *  @param onDone how many cases there are so far
 *  @returns by part, in the order of the cases; of no case one part */
export function inParts<G extends AskedGround, Result>(
  work: ThreadedWork<G, Part, Result>,
  ground: G,
  onDone: (done: number) => void,
): Promise<Result[]> {
  const { cases, train } = ground
  const parts = Array.from({ length: Math.max(1, Math.ceil(cases.length / CASES_OF_A_PART)) }, (_, p) => ({
    from: p * CASES_OF_A_PART,
    to: Math.min(cases.length, (p + 1) * CASES_OF_A_PART),
  }))
  let done = 0
  return inThreads(work, ground, parts, {
    events: train.items.length,
    onDone: ({ from, to }) => {
      done += to - from
      onDone(done)
    },
  })
}
