import { Counter, Gauge } from 'prom-client'
import { messageOf } from '../errors/halflife-error.ts'
import { onceAMinute } from './once-a-minute.ts'
import type { Telemetry } from './telemetry.ts'

/** What every process says of its own life. */
export interface ProcessTelemetry {
  /** The port is open; requests are let in once the service has started. */
  listening(facts: { port: number }): void
  started(facts: Readonly<Record<string, unknown>>): void
  /** The log or the store is away; nothing is lost, the process waits. Repeats are said once a minute. */
  waiting(facts: { on: string; error: unknown }): void
  /** From now on the process works on this generation of the store. */
  generationOpened(generation: string): void
  /** Something works, but less well than it should. */
  degraded(facts: { what: string; detail: string }): void
  stopping(signal: string): void
  stopped(): void
  failed(error: unknown): void
}

export function processTelemetry(
  { log, registry }: Telemetry,
  now: () => number = Date.now,
): ProcessTelemetry {
  const waits = new Counter({
    name: 'halflife_waits_total',
    help: 'Attempts that failed because something was away; each is made again. By what it was.',
    labelNames: ['on'],
    registers: [registry],
  })
  for (const on of ['log', 'store']) waits.inc({ on }, 0)
  const generations = new Gauge({
    name: 'halflife_store_generation_info',
    help: '1: the generation of the store that the process works on; empty before any rebuild.',
    labelNames: ['generation'],
    registers: [registry],
  })
  let opened: string | undefined
  const isNew = onceAMinute(now)
  return {
    listening: (facts) => log.info(facts, 'Listening.'),
    started: (facts) => log.info(facts, 'Service started.'),
    waiting({ on, error }) {
      waits.inc({ on })
      const reason = messageOf(error)
      if (isNew(`${on} ${reason}`)) log.warn({ on, reason }, 'Waiting until it is back.')
    },
    generationOpened(generation) {
      generations.reset()
      generations.set({ generation }, 1)
      if (opened !== undefined) log.info({ generation, before: opened }, 'Store switched.')
      opened = generation
    },
    degraded: (facts) => log.warn(facts, 'Working, but less well than it could.'),
    stopping: (signal) => log.info({ signal }, 'Service stopping.'),
    stopped: () => log.info('Service stopped.'),
    failed: (error) => log.fatal({ err: error }, 'Service failed.'),
  }
}
