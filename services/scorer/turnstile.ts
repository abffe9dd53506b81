import { HalflifeError } from '../../libs/errors/halflife-error.ts'

/** Why a request was refused: too many in hand, it had waited too long, or too many streams are open. */
export type Shed =
  | { readonly reason: 'queue'; readonly inHand: number }
  | { readonly reason: 'deadline'; readonly waitedMs: number }
  | { readonly reason: 'streams'; readonly open: number }

export interface TurnstileOptions {
  readonly mostInHand: number
  readonly withinMs: number
  /** Monotonic, ms. */
  readonly clock: () => number
  readonly onShed: (facts: Shed) => void
}

/** Keeps a scorer that is asked for more than it can do from doing all of it too late: it refuses quickly what goes beyond,
 *  so that what it takes on is answered in time. */
export interface Turnstile {
  /** @throws HL_OVERLOADED when as many requests are in hand as may be */
  pass<T>(work: (stillWanted: () => void) => Promise<T>): Promise<T>
}

export function turnstile({ mostInHand, withinMs, clock, onShed }: TurnstileOptions): Turnstile {
  let inHand = 0
  return {
    async pass(work) {
      if (inHand >= mostInHand) {
        onShed({ reason: 'queue', inHand })
        throw new HalflifeError('HL_OVERLOADED', `${inHand} requests are in hand, which is as many as may be`)
      }
      const enteredAt = clock()
      inHand++
      try {
        return await work(() => {
          const waitedMs = clock() - enteredAt
          if (waitedMs <= withinMs) return
          onShed({ reason: 'deadline', waitedMs })
          const detail = `the request has waited ${Math.round(waitedMs)} ms, and is given up after ${withinMs}`
          throw new HalflifeError('HL_OVERLOADED', detail)
        })
      } finally {
        inHand--
      }
    },
  }
}
