import type { SeededRandom } from './seeded-random.ts'

/** Probabilities: of the first four at every call of store or log, of `redelivery` at every batch, of the others at
 *  every step of the world. */
export interface Faults {
  /** The call fails and has done nothing. */
  readonly callFails: number
  /** The call is done, but fails for the caller: the answer is lost. */
  readonly answerLost: number
  /** The call fails for the caller and is done later, when the caller has gone on. */
  readonly doneLate: number
  /** Others act between the moment a call is done and the moment its answer arrives. */
  readonly answerDelayed: number
  /** A batch begins some records before the place where the last one ended. */
  readonly redelivery: number
  /** A tracker loses all it has in memory and starts anew; of its open calls some are still done, at once or later. */
  readonly crash: number
  /** A tracker stands still, its partitions go to others, and later it goes on where it stood. */
  readonly pause: number
  /** A partition goes to another tracker, while the one before may go on believing that it is its own. */
  readonly takeOver: number
  /** The store comes back without its last writes. */
  readonly writesLost: number
}

export type FaultName = keyof Faults

const usual: Faults = {
  callFails: 0.02,
  answerLost: 0.02,
  doneLate: 0.01,
  answerDelayed: 0.3,
  redelivery: 0.1,
  crash: 0.01,
  pause: 0.005,
  takeOver: 0.02,
  writesLost: 0.004,
}

export const noFaults: Faults = {
  callFails: 0,
  answerLost: 0,
  doneLate: 0,
  answerDelayed: 0,
  redelivery: 0,
  crash: 0,
  pause: 0,
  takeOver: 0,
  writesLost: 0,
}

/** Each fault is absent from a third of all worlds and thrice as frequent in another third: what one fault covers up, a
 *  world without it shows ("swarm testing", Groce et al., ISSTA 2012). */
export function drawFaults(random: SeededRandom): Faults {
  const drawn = Object.entries(usual).map(([name, probability]) => [
    name,
    probability * random.pick([0, 1, 3]),
  ])
  return Object.fromEntries(drawn)
}
