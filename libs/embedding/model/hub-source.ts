import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf } from '../../errors/halflife-error.ts'
import { modelFiles } from './model-files.ts'
import { describeModelFolder } from './model-folder.ts'
import type { ModelSource } from './model-source.ts'

const REPOSITORY = 'Xenova/multilingual-e5-small'
const MODEL = 'multilingual-e5-small-q8'
/** A machine without a way out says so within this time. */
const REACH_LIMIT_MS = 5_000

/** The public hub through the loader of @xenova/transformers: the same network with the whole vocabulary in 8 bits.
 *  Its hash is not pinned; what came first is recorded in the folder. */
export function hubSource(): ModelSource {
  return {
    name: `hub, model ${REPOSITORY}`,
    model: MODEL,
    remedy:
      'allow this machine to reach the hub, or copy a model folder from another and name it with modelDir',
    async fetch(folder, onProgress) {
      // Only here: most installations never need the hub, and the library takes a while to load.
      const { env } = await import('@xenova/transformers')
      const { getModelFile } = await import('@xenova/transformers/src/utils/hub.js')
      await checkReachable(env.remoteHost)
      Object.assign(env, { useFSCache: false, allowLocalModels: false, allowRemoteModels: true })
      for (const file of Object.values(modelFiles)) {
        const bytes = await getModelFile(REPOSITORY, file, true, {
          progress_callback: ({ loaded, total }) => {
            if (loaded !== undefined)
              onProgress({ step: 'Fetching the model', done: loaded, total: total ?? 0 })
          },
        })
        await mkdir(dirname(join(folder, file)), { recursive: true })
        await writeFile(join(folder, file), bytes)
      }
      // It quantises activations over the whole batch, so a text's vector would depend on its company (cosine .990).
      await describeModelFolder(folder, { model: MODEL, largestBatch: 1 })
    },
  }
}

async function checkReachable(host: string): Promise<void> {
  try {
    await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(REACH_LIMIT_MS) })
  } catch (cause) {
    // fetch says only "fetch failed" and keeps the reason in the cause.
    const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause
    throw new Error(`${host} cannot be reached: ${messageOf(reason)}`, { cause })
  }
}
