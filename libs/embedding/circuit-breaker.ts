import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import { HalflifeError, messageOf } from '../errors/halflife-error.ts'

type Run = (texts: readonly string[]) => Promise<Float32Array[]>

const FAILURES_IN_A_ROW = 3
const REST_MS = 30_000

/** Bounds how often something that keeps failing is tried: after three failures in a row calls are refused for half a
 *  minute, then one is let through. @throws HL_MODEL_UNAVAILABLE while refusing, else what `run` throws */
export function withCircuitBreaker(run: Run): Run {
  const breaker = new ConsecutiveBreaker(FAILURES_IN_A_ROW)
  const policy = circuitBreaker(handleAll, { halfOpenAfter: REST_MS, breaker })
  let lastFailure: unknown
  return async (texts) => {
    try {
      return await policy.execute(() => run(texts))
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) {
        lastFailure = error
        throw error
      }
      const detail = `embedding failed ${FAILURES_IN_A_ROW} times in a row, the last time: ${messageOf(lastFailure)}`
      throw new HalflifeError('HL_MODEL_UNAVAILABLE', detail, { cause: lastFailure })
    }
  }
}
