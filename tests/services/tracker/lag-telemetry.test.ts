import { expect, it } from 'vitest'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { lagTelemetry } from '../../../services/tracker/lag-telemetry.ts'

function lag() {
  const telemetry = openTelemetry({ service: 'tracker', level: 'silent' })
  const clock = { nowMs: 1_000_000 }
  const say = lagTelemetry(telemetry, () => clock.nowMs)
  const shown = async () =>
    [
      ...(await telemetry.registry.metrics()).matchAll(
        /^halflife_consumer_lag_(\w+)\{topic="t",partition="(\d)".* (\S+)$/gm,
      ),
    ]
      .map(([, unit, partition, value]) => `${partition} ${value} ${unit}`)
      .sort()
  return { say, clock, shown }
}

it('falls further behind while its batch does not finish', async () => {
  const { say, clock, shown } = lag()
  say.begun({ topic: 't', partition: 0, records: 7, logTimeMs: 990_000 })
  expect(await shown()).toEqual(['0 10 seconds', '0 7 records'])
  clock.nowMs += 5_000
  expect(await shown()).toEqual(['0 15 seconds', '0 7 records'])
})

it('does not fall behind after its batch when what remains is no record, such as the marker of a transaction', async () => {
  const { say, clock, shown } = lag()
  say.finished({ topic: 't', partition: 0, records: 1, logTimeMs: 998_000 })
  clock.nowMs += 3_600_000
  expect(await shown()).toEqual(['0 1 records', '0 2 seconds'])
})

it('is not behind once all is handled, however long nothing comes', async () => {
  const { say, clock, shown } = lag()
  say.finished({ topic: 't', partition: 0, records: 0, logTimeMs: 990_000 })
  clock.nowMs += 3_600_000
  expect(await shown()).toEqual(['0 0 records', '0 0 seconds'])
})

it("speaks no more of partitions that are another tracker's now", async () => {
  const { say, shown } = lag()
  for (const partition of [0, 1]) say.begun({ topic: 't', partition, records: 3, logTimeMs: 999_000 })
  say.taken('other', [])
  say.taken('t', [1])
  expect(await shown()).toEqual(['1 1 seconds', '1 3 records'])
})
