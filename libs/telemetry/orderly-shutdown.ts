/** Things to close when the process ends, last opened first. */
export interface Closing {
  add(close: () => Promise<void>): void
  closeAll(): Promise<void>
}

export function closingList(): Closing {
  const closers: (() => Promise<void>)[] = []
  return {
    add: (close) => void closers.push(close),
    async closeAll() {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
    },
  }
}

/** A drain that takes longer than this is given up, so that an orchestrator need not kill. */
const DRAIN_WITHIN_MS = 9_000

/** On SIGTERM or SIGINT: closes everything and exits 0; exits 1 when that takes over 9 s, or on a second signal. */
export function exitOnSignal(
  closing: Closing,
  say: { stopping(signal: string): void; stopped(): void; failed(error: unknown): void },
): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    say.stopping(signal)
    setTimeout(() => process.exit(1), DRAIN_WITHIN_MS).unref()
    closing.closeAll().then(
      () => {
        say.stopped()
        process.exit(0)
      },
      (error: unknown) => {
        say.failed(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
