import { EventEmitter, once } from 'node:events'
import type { LogDatabase } from './log-database.ts'

/** Wakes the readers of a topic when it has grown: at once after an append of this process, within 100 ms after one of
 *  another process. */
export interface AppendBell {
  ring(topic: string): void
  /** Resolves when the topic has grown since the call, or the signal aborts. Whoever reads, finds nothing and calls this
   *  without awaiting anything in between misses no append. */
  rung(topic: string, signal: AbortSignal): Promise<void>
  stop(): void
}

const pollMs = 100

export function appendBell(database: LogDatabase): AppendBell {
  const bells = new EventEmitter().setMaxListeners(0)
  const seen = new Map<string, number>()

  /** The ends of a topic only ever rise, so their sum tells whether one did. */
  function grown(topic: string): boolean {
    let length = 0
    for (const { value } of database.ends.getRange({
      start: [topic],
      end: [topic, Number.POSITIVE_INFINITY],
    })) {
      length += value
    }
    const before = seen.get(topic) ?? 0
    seen.set(topic, length)
    return length > before
  }

  const polling = setInterval(() => {
    const waitedFor = bells.eventNames()
    if (waitedFor.length === 0) return
    database.refresh()
    // `once` also listens for 'error', which is no topic that grows.
    for (const topic of waitedFor) if (typeof topic === 'string' && grown(topic)) bells.emit(topic)
  }, pollMs)
  polling.unref()

  return {
    ring(topic) {
      bells.emit(topic)
    },
    async rung(topic, signal) {
      await once(bells, topic, { signal }).catch(() => undefined)
    },
    stop() {
      clearInterval(polling)
    },
  }
}
