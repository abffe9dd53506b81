import { Gauge } from 'prom-client'
import type { Telemetry } from '../../libs/telemetry/telemetry.ts'

/** How far a tracker is behind, for each partition that it has. While a batch is in hand, or failed and not yet there again,
 *  seconds are counted at each scrape: a tracker that cannot finish falls further behind all the while. Once it is
 *  finished they stand still until the next is there: offsets may remain that are no records (a transaction's marker),
 *  and nothing comes after them. */
export interface LagTelemetry {
  /** What was taken up before and is not among these is another tracker's now, and so is its lag. */
  taken(topic: string, partitions: readonly number[]): void
  /** `records`: with those in hand; `logTimeMs`: of the first of these. */
  begun(lag: PartitionLag): void
  /** `records`: after those that were in hand; `logTimeMs`: of the last of these. */
  finished(lag: PartitionLag): void
}

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly records: number
  readonly logTimeMs: number
}

export function lagTelemetry({ registry }: Telemetry, now: () => number = Date.now): LagTelemetry {
  const lags = new Map<string, PartitionLag & { readonly finishedAtMs?: number }>()
  const labelNames = ['topic', 'partition'] as const
  const records = new Gauge({
    name: 'halflife_consumer_lag_records',
    help: 'Records not yet handled, by topic and partition.',
    labelNames,
    registers: [registry],
  })
  const seconds = new Gauge({
    name: 'halflife_consumer_lag_seconds',
    help: 'Age of the oldest record not yet handled, 0 when there is none, by topic and partition.',
    labelNames,
    registers: [registry],
    collect() {
      for (const { topic, partition, records: count, logTimeMs, finishedAtMs } of lags.values()) {
        const behindMs = count === 0 ? 0 : Math.max(0, (finishedAtMs ?? now()) - logTimeMs)
        seconds.set({ topic, partition: String(partition) }, behindMs / 1_000)
      }
    },
  })

  function note(lag: PartitionLag & { readonly finishedAtMs?: number }): void {
    lags.set(`${lag.topic}/${lag.partition}`, lag)
    records.set({ topic: lag.topic, partition: String(lag.partition) }, lag.records)
  }

  return {
    taken(topic, partitions) {
      const ours = new Set(partitions)
      for (const [key, lag] of lags) {
        if (lag.topic !== topic || ours.has(lag.partition)) continue
        const labels = { topic, partition: String(lag.partition) }
        records.remove(labels)
        seconds.remove(labels)
        lags.delete(key)
      }
    },
    begun: note,
    finished: (lag) => note({ ...lag, finishedAtMs: now() }),
  }
}
