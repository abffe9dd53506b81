import { Gauge } from 'prom-client'
import { generationNumber } from '../../../libs/store/generation.ts'
import type { Telemetry } from '../../../libs/telemetry/telemetry.ts'

/** Everything that can happen in a rebuild, each with its log line and its metric. */
export interface RebuildTelemetry {
  began(facts: { live: string; next: string }): void
  /** Records of the step that are in the new generation, of those that are in the log. */
  advanced(facts: { step: string; done: number; total: number }): void
  switchedOver(facts: { live: string; before: string }): void
  removed(facts: { generations: readonly string[] }): void
}

const TENTHS = 10

export function rebuildTelemetry({ log, registry }: Telemetry): RebuildTelemetry {
  const registers = [registry]
  const records = new Gauge({
    name: 'halflife_rebuild_records',
    help: 'Records of the log, or lines of an export, that a rebuild has applied (done), and has to apply (total), by step.',
    labelNames: ['step', 'of'],
    registers,
  })
  const live = new Gauge({
    name: 'halflife_rebuild_switched',
    help: '1 once what was rebuilt is live, 0 before.',
    registers,
  })
  /** By step, how many tenths of it have been told: a line for each record would say nothing. Whoever looks on has a progress
   *  bar, which a line at every level would break. */
  const told = new Map<string, number>()
  return {
    began(facts) {
      live.set(0)
      log.info({ ...facts, rebuild: generationNumber(facts.next) }, 'Rebuild began, or goes on.')
    },
    advanced({ step, done, total }) {
      records.set({ step, of: 'done' }, done)
      records.set({ step, of: 'total' }, total)
      const tenths = total === 0 ? TENTHS : Math.floor((TENTHS * done) / total)
      if (tenths <= (told.get(step) ?? 0)) return
      told.set(step, tenths)
      log.debug({ step, done, total }, 'Rebuild advanced.')
    },
    switchedOver(facts) {
      live.set(1)
      log.info(facts, 'Rebuild switched over.')
    },
    removed: (facts) => log.info(facts, 'Old records removed.'),
  }
}
