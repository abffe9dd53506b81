/** Does the work again and again, each time `pauseMs` after the last one finished, so that slow work never piles up.
 *  A failure is told and the next turn comes all the same. */
export function repeatEvery(
  pauseMs: number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): { stop(): void } {
  let timer: NodeJS.Timeout
  let stopped = false
  const turn = async () => {
    await work().catch(onFailure)
    if (!stopped) timer = setTimeout(turn, pauseMs).unref()
  }
  timer = setTimeout(turn, pauseMs).unref()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
