/* Process: begins to fetch a model into the cache argv[2], says so in the middle, and never ends by itself. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureModel } from '../../../../libs/embedding/model/ensure-model.ts'
import { modelFiles } from '../../../../libs/embedding/model/model-files.ts'

await ensureModel({
  cacheDir: process.argv[2]!,
  sources: [
    {
      name: 'an endless download',
      model: 'test-model-1',
      remedy: '',
      async fetch(folder) {
        await mkdir(join(folder, 'onnx'))
        await writeFile(join(folder, modelFiles.onnx), 'half of a gra')
        process.send?.('in the middle')
        await new Promise(() => {})
      },
    },
  ],
})
