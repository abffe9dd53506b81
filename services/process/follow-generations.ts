import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import type { Store } from '../../libs/store/store.ts'
import { repeatEvery } from '../../libs/telemetry/repeat-every.ts'

/** Services that work on one generation of the store; a collector works on none. */
export interface Serving {
  readonly store: Store | undefined
  close(): Promise<void>
}

/** How soon a process goes on with a rebuilt store. */
const LOOK_EVERY_MS = 1_000

/** Whenever the store was rebuilt: serves from what is live then, and only when that serves closes what served before. So
 *  nothing that was read from one generation meets what was read from another.
 *  @param onFailed told once, when the process cannot go on with what is live: it was rebuilt under another contract */
export function followGenerations(
  first: Serving,
  serve: () => Promise<Serving>,
  say: { waiting(facts: { on: string; error: unknown }): void },
  onFailed: (error: unknown) => void,
): { close(): Promise<void> } {
  let serving = first
  let turn = Promise.resolve()

  async function look(): Promise<void> {
    const former = serving
    if ((await former.store?.liveGeneration()) === former.store?.generation) return
    serving = await serve()
    await former.close()
  }

  const looking = repeatEvery(
    LOOK_EVERY_MS,
    () => {
      turn = look()
      return turn
    },
    (error) => {
      if (isHalflifeError(error) && error.retryable) return say.waiting({ on: 'store', error })
      looking.stop()
      onFailed(error)
    },
  )
  return {
    async close() {
      looking.stop()
      await turn.catch(() => undefined)
      await serving.close()
    },
  }
}
