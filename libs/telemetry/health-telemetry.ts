import { Gauge } from 'prom-client'
import type { Health } from './health.ts'
import type { Telemetry } from './telemetry.ts'

/** Shows in the metrics what `/readyz` answers. It is asked at each scrape and logged nowhere: what the process waits for
 *  says `processTelemetry`. */
export function healthTelemetry({ registry }: Telemetry, health: Health): void {
  new Gauge({
    name: 'halflife_ready',
    help: '1 while the process can do its work, 0 while it waits for something: what /readyz answers.',
    registers: [registry],
    async collect() {
      this.set((await health.report()).ready ? 1 : 0)
    },
  })
}
