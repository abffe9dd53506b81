import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import { isHalflifeError } from '../../libs/errors/halflife-error.ts'

/** Tries until it works, as long as what stands in the way may pass by itself: a broker or a server that is away is
 *  waited for, a wrong setting is not. */
export async function waitUntilThere<T>(
  on: string,
  attempt: () => Promise<T>,
  say: { waiting(facts: { on: string; error: unknown }): void },
): Promise<T> {
  const policy = retry(
    handleWhen((error) => isHalflifeError(error) && error.retryable),
    {
      maxAttempts: Number.POSITIVE_INFINITY,
      backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 }),
    },
  )
  policy.onFailure(({ reason, handled }) => {
    if (handled && 'error' in reason) say.waiting({ on, error: reason.error })
  })
  return policy.execute(attempt)
}
