import { setTimeout as sleep } from 'node:timers/promises'
import { ExponentialBackoff, type IBackoff, noJitterGenerator } from 'cockatiel'

/** The pause between tries: 100 ms, doubling up to a limit, from the beginning again after `reset`. */
export interface GrowingPause {
  /** Resolves when the pause is over, or at once when the signal aborts. */
  wait(signal: AbortSignal): Promise<void>
  reset(): void
}

export function growingPause(maxMs = 5_000): GrowingPause {
  const steps = new ExponentialBackoff({
    initialDelay: 100,
    maxDelay: maxMs,
    exponent: 2,
    generator: noJitterGenerator,
  })
  let step: IBackoff<unknown> | undefined
  return {
    async wait(signal) {
      step = step ? step.next(undefined) : steps.next()
      await sleep(step.duration, undefined, { signal }).catch(() => undefined)
    },
    reset() {
      step = undefined
    },
  }
}

export interface Persistence {
  readonly pause: GrowingPause
  /** Ends the waiting; whoever hands it in looks at it afterwards. */
  readonly signal: AbortSignal
  readonly onTrouble: (error: unknown) => void
}

/** Tries again, pausing longer each time, until a try succeeds or the signal aborts (then undefined). */
export async function untilItSucceeds<T>(
  attempt: () => Promise<T>,
  { pause, signal, onTrouble }: Persistence,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await attempt()
    } catch (error) {
      onTrouble(error)
      await pause.wait(signal)
    }
  }
  return undefined
}

export interface Patience {
  /** `performance.now()`. A try that is under way then is the last. */
  readonly deadline: number
  /** Ends the trying early in the same way. */
  readonly signal?: AbortSignal
  /** An error that no further try can cure. */
  readonly isFinal?: (error: unknown) => boolean
}

/** Tries again, pausing longer each time up to a second, until a try succeeds. There is always one try.
 *  @throws the last try's error once the deadline has passed, the signal has aborted or the error is final */
export async function untilDeadline<T>(
  attempt: () => Promise<T>,
  { deadline, signal, isFinal = () => false }: Patience,
): Promise<T> {
  const pause = growingPause(1_000)
  const never = new AbortController().signal
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (isFinal(error) || signal?.aborted || performance.now() >= deadline) throw error
      await pause.wait(signal ?? never)
    }
  }
}
