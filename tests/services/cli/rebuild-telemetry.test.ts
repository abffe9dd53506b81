import { expect, it } from 'vitest'
import { openTelemetry } from '../../../libs/telemetry/telemetry.ts'
import { rebuildTelemetry } from '../../../services/cli/rebuild/rebuild-telemetry.ts'

it('tells each tenth of a step once, and the whole of a step that has nothing to do', () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const say = rebuildTelemetry(openTelemetry({ service: 'rebuild', level: 'debug', destination }))
  for (let done = 0; done <= 2_000; done++) say.advanced({ step: 'Events', done, total: 2_000 })
  for (let call = 0; call < 3; call++) say.advanced({ step: 'Items', done: 0, total: 0 })
  const told = lines.map((line) => JSON.parse(line) as { step: string; done: number; msg: string })
  const tenths = Array.from({ length: 10 }, (_, n) => ['Events', 200 * (n + 1)])
  expect(told.map(({ step, done }) => [step, done])).toEqual([...tenths, ['Items', 0]])
  expect(new Set(told.map(({ msg }) => msg))).toEqual(new Set(['Rebuild advanced.']))
})
