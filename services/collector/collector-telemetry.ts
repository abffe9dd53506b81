import { Counter } from 'prom-client'
import type { ErrorCode } from '../../libs/errors/error-codes.ts'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'

/** Everything that can happen in a collector, each with its log line and its metric. */
export interface CollectorTelemetry {
  eventsAccepted(type: string, count: number): void
  eventRejected(code: ErrorCode): void
  itemsAccepted(change: 'put' | 'removed', count: number): void
  profileAccepted(): void
  forgettingAccepted(): void
  aliasAccepted(): void
}

export function collectorTelemetry({ log, registry }: Telemetry): CollectorTelemetry {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const accepted = counter('halflife_intake_events_total', 'Events appended to the log, by type.', ['type'])
  const rejected = counter('halflife_intake_rejected_total', 'Events refused at the door, by code.', ['code'])
  const items = counter('halflife_intake_items_total', 'Item changes appended to the log.', ['change'])
  const profiles = counter('halflife_intake_profiles_total', 'User profiles appended to the log.')
  const forgettings = counter(
    'halflife_intake_forgettings_total',
    'Requests to forget a user, put into the log.',
  )
  const aliases = counter(
    'halflife_intake_aliases_total',
    'Requests to link an anonymous id to an account, put into the log.',
  )
  return {
    eventsAccepted: (type, count) => accepted.inc({ type }, count),
    eventRejected(code) {
      rejected.inc({ code })
      log.debug({ code }, 'Event refused.')
    },
    itemsAccepted: (change, count) => items.inc({ change }, count),
    profileAccepted: () => profiles.inc(),
    forgettingAccepted() {
      forgettings.inc()
      log.info('A user is to be forgotten.')
    },
    aliasAccepted() {
      aliases.inc()
      log.debug('An anonymous id is to be linked to an account.')
    },
  }
}
