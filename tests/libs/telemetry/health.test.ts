import { expect, it, onTestFinished, vi } from 'vitest'
import { openHealth } from '../../../libs/telemetry/health.ts'

it('a process is ready when all that it asks is there, and says what is not', async () => {
  const health = openHealth()
  const starting = health.await('start')
  let isThere = false
  health.check('log', async () => {
    if (!isThere) throw new Error('no broker')
  })
  expect(await health.report()).toEqual({
    ready: false,
    checks: { start: 'not yet', log: 'no broker' },
    degraded: {},
  })
  starting.done()
  expect((await health.report()).ready).toBe(false)
  isThere = true
  expect(await health.report()).toEqual({ ready: true, checks: { start: 'ok', log: 'ok' }, degraded: {} })
})

it('a process is not ready when what it asks does not answer within a second, and asks all of it at once', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const health = openHealth()
  for (const name of ['log', 'store']) health.check(name, () => new Promise(() => {}))
  const report = health.report()
  await vi.advanceTimersByTimeAsync(1_000)
  const late = 'no answer within 1000 ms'
  expect(await report).toMatchObject({ ready: false, checks: { log: late, store: late } })
})

it('what works less well than it should keeps no traffic away', async () => {
  const health = openHealth()
  health.degrade('embedder', 'no model')
  expect(await health.report()).toEqual({ ready: true, checks: {}, degraded: { embedder: 'no model' } })
})

it('asking leaves no timer behind', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const health = openHealth()
  health.check('log', async () => {})
  await health.report()
  expect(vi.getTimerCount()).toBe(0)
})
