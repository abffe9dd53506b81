import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startProcess } from '../../services/process/start-process.ts'
import { halflifeCommand } from './halflife-command.ts'
import { httpClient } from './http-client.ts'
import { embeddedPlace, settingsAt } from './running-halflife.ts'

const PATIENCE = { timeout: 10_000, interval: 50 }

it('a broken file of scenarios changes nothing, not even when the store is rebuilt', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'halflife.config.json')
  await writeFile(path, '{"scenarios": {"ours": {}}}')
  const place = await embeddedPlace(onTestFinished)
  const failed = vi.fn()
  const running = await startProcess({
    ...{ roles: ['collector', 'tracker', 'scorer'], service: 'all', onProgress: () => {} },
    settings: settingsAt(place, { CONFIG_FILE: path }),
    onFailed: failed,
  })
  onTestFinished(() => running.closing.closeAll())
  const { get } = httpClient(running.port)

  await writeFile(path, '{"scenarios": ')
  const rebuild = halflifeCommand(
    ['rebuild', '--keep', '0'],
    { ...place.environment, EMBEDDER: 'lexical' },
    onTestFinished,
  )
  expect(await rebuild.ended).toBe(0)
  const generation = /rebuilt as (\S+)/.exec(rebuild.output().stdout)![1]
  const metrics = async () => (await get('/metrics')).text
  await expect.poll(metrics, PATIENCE).toContain(`generation="${generation}"`)
  expect((await get('/v1/users/ann/recommendations?scenario=ours')).status).toBe(200)
  await writeFile(path, '{"scenarios": {"mended": {}}}')
  const mended = async () => (await get('/v1/users/ann/recommendations?scenario=mended')).status
  await expect.poll(mended, PATIENCE).toBe(200)
  expect(failed).not.toHaveBeenCalled()
})
