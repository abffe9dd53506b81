import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCommand } from '../../substrate/run-command.ts'

const folder = fileURLToPath(new URL('../../../ops/prometheus/', import.meta.url))
const promtool = (...args: string[]) => runCommand('promtool', args, 60_000)

/** promtool comes with Prometheus (Debian: apt-get install prometheus). */
describe('recording rules and alerts', () => {
  it('are what Prometheus loads', async () => {
    await expect(promtool('check', 'config', join(folder, 'prometheus.yml'))).resolves.toContain(
      '2 rule files found',
    )
  })

  it('do what their unit tests say', async () => {
    await promtool('test', 'rules', join(folder, 'rules/halflife.rules.test.yml'))
  })

  it.each([
    ['halflife.alerts.yml', 'increase1h > 0', 'increase1h > 10', 'HalflifeEventsLost'],
    [
      'halflife.alerts.yml',
      'ratio_rate1h > 14.4 * 0.01',
      'ratio_rate1h > 144 * 0.01',
      'HalflifeFreshnessBudget',
    ],
    ['halflife.rules.yml', 'le=~"1|1.0"', 'le="1"', 'HalflifeFreshnessBudget'],
    ['halflife.rules.yml', '{route=~"/v1/.+"}', '', 'HalflifeAvailabilityBudget'],
  ])('fail them when in %s %s becomes %s', async (file, from, to, alert) => {
    const copy = await mkdtemp(join(tmpdir(), 'halflife-rules-'))
    onTestFinished(() => rm(copy, { recursive: true }))
    await cp(join(folder, 'rules'), copy, { recursive: true })
    const text = await readFile(join(copy, file), 'utf8')
    expect(text).toContain(from)
    await writeFile(join(copy, file), text.replaceAll(from, to))
    await expect(promtool('test', 'rules', join(copy, 'halflife.rules.test.yml'))).rejects.toThrow(alert)
  })
})
