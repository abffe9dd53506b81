import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { readFolder } from '../../libs/evaluation/read-folder.ts'
import { defaultEventWeights } from '../../libs/event/event-type.ts'

async function visits(seed: number) {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-visits-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const script = join(import.meta.dirname, '../../bench/made-up-visits.ts')
  const sizes = ['--events', '2000', '--items', '200', '--seed', String(seed)]
  await promisify(execFile)(process.execPath, ['--import', 'tsx', script, folder, ...sizes])
  return readFolder(folder, defaultEventWeights, Date.now())
}

it('makes up as many visits as were asked for, of described items, the same for the same seed', async () => {
  const { events, texts, brokenRows } = await visits(1)
  expect([events.length, texts.size, brokenRows]).toEqual([2_000, 200, 0])
  expect(events.filter(({ itemId }) => !texts.has(itemId))).toEqual([])
  expect((await visits(1)).events).toEqual(events)
  expect((await visits(2)).events).not.toEqual(events)
}, 60_000)
