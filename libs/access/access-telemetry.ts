import { Counter, Gauge } from 'prom-client'
import { isHalflifeError, messageOf } from '../errors/halflife-error.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

export interface AccessTelemetry {
  keysLoaded(facts: { count: number }): void
  keysUnreadable(error: unknown): void
  unguarded(facts: { host: string }): void
}

export function accessTelemetry({ log, registry }: Telemetry): AccessTelemetry {
  const keys = new Gauge({
    name: 'halflife_api_keys',
    help: 'API keys of the newest readable key file.',
    registers: [registry],
  })
  const unreadable = new Counter({
    name: 'halflife_api_key_file_failures_total',
    help: 'Changed key files that could not be read; the keys before them still count.',
    registers: [registry],
  })
  return {
    keysLoaded({ count }) {
      keys.set(count)
      log.info({ count }, 'API keys loaded.')
    },
    keysUnreadable(error) {
      unreadable.inc()
      const code = isHalflifeError(error) ? error.code : 'HL_INTERNAL'
      log.error(
        { code, reason: messageOf(error) },
        'The changed key file cannot be read; the keys before it still count.',
      )
    },
    unguarded({ host }) {
      log.warn({ host }, 'Anybody who reaches this address may read and write: ALLOW_ANONYMOUS is set.')
    },
  }
}
