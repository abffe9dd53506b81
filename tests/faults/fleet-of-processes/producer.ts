import { setTimeout as pause } from 'node:timers/promises'
import { isHalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { EventLog, TopicNames } from '../../../libs/log/event-log.ts'
import type { Publication } from './publications.ts'

/** Publications that are in the log, in their order, sent as long as they are allowed to be. */
export interface Producer {
  /** Lets so many be sent in all; what was allowed stays so. */
  allow(upTo: number): void
  sent(): number
  /** Resolves when all have been acknowledged. */
  readonly done: Promise<void>
  /** Ends it where it is. */
  stop(): void
}

export interface ProducerOptions {
  readonly log: EventLog
  readonly topics: TopicNames
  readonly publications: readonly Publication[]
  /** Sent at a time, and the pause between two such sendings. */
  readonly atOnce: number
  readonly pauseMs: number
}

/** Sends what is not acknowledged again, as producers do, until it is. */
export function startProducer({ log, topics, publications, atOnce, pauseMs }: ProducerOptions): Producer {
  let [allowed, sent, stopped] = [0, 0, false]

  async function send(): Promise<void> {
    const { topic } = publications[sent]!
    let end = sent
    while (end < Math.min(allowed, sent + atOnce) && publications[end]!.topic === topic) end++
    const records = publications.slice(sent, end).map(({ record }) => record)
    try {
      await log.append(topics[topic], records)
      sent = end
    } catch (error) {
      if (!isHalflifeError(error, 'HL_LOG_UNAVAILABLE')) throw error
    }
  }

  async function run(): Promise<void> {
    while (sent < publications.length && !stopped) {
      if (sent < allowed) await send()
      await pause(pauseMs)
    }
  }

  const done = run()
  done.catch(() => undefined) // whoever waits for it hears of it
  return {
    allow(upTo) {
      allowed = Math.max(allowed, Math.min(publications.length, upTo))
    },
    sent: () => sent,
    done,
    stop() {
      stopped = true
    },
  }
}
