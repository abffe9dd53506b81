import { join } from 'node:path'
import type { Embedder } from '../../../libs/embedding/embedder.ts'
import { lexicalEmbedder } from '../../../libs/embedding/lexical-embedder.ts'
import { hubSource } from '../../../libs/embedding/model/hub-source.ts'
import { type ModelFolder, openModelFolder } from '../../../libs/embedding/model/model-folder.ts'
import { modelWheelIn, wheelSource } from '../../../libs/embedding/model/wheel-source.ts'
import { onnxEmbedder } from '../../../libs/embedding/onnx-embedder.ts'
import { messageOf } from '../../../libs/errors/halflife-error.ts'
import type { Settings } from '../../../libs/settings/settings.ts'
import { type Finding, green, red, yellow } from './finding.ts'

export interface ExaminedModel {
  readonly finding: Finding
  /** The space that a service with these settings writes; undefined where it would have to fetch the model first. */
  readonly space: Pick<Embedder, 'model' | 'dimension'> | undefined
}

const WHAT = 'model'
const FETCH = 'Run `halflife model`, or set MODEL_DIR to a folder that holds it.'

/** Whether the model is there and gives a vector. Nothing is fetched. */
export async function examineModel(settings: Settings): Promise<ExaminedModel> {
  if (settings.EMBEDDER === 'lexical') {
    const remedy = 'Set EMBEDDER=auto, unless that is what you want.'
    return {
      finding: yellow(WHAT, 'EMBEDDER=lexical matches words, not meanings', remedy),
      space: lexicalEmbedder(),
    }
  }
  try {
    const folder = await modelAtHand(settings)
    if (folder === undefined) return { finding: yellow(WHAT, 'not fetched yet', FETCH), space: undefined }
    const embedder = await onnxEmbedder(folder)
    try {
      await embedder.embed(['A quiet orbit'])
      const { model, dimension } = embedder
      return { finding: green(WHAT, `${model}, ${dimension} dimensions`), space: { model, dimension } }
    } finally {
      await embedder.close()
    }
  } catch (error) {
    return { finding: red(WHAT, messageOf(error), FETCH), space: undefined }
  }
}

async function modelAtHand({ MODEL_DIR, HALFLIFE_CACHE }: Settings): Promise<ModelFolder | undefined> {
  // A wheel comes before another model in the cache.
  const wheel = MODEL_DIR === undefined ? undefined : await modelWheelIn(MODEL_DIR)
  const sources = wheel === undefined ? [wheelSource(), hubSource()] : [wheelSource()]
  const cached = sources.map(({ model }) => join(HALFLIFE_CACHE, model))
  for (const place of [...(MODEL_DIR === undefined ? [] : [MODEL_DIR]), ...cached]) {
    const folder = await openModelFolder(place)
    if (folder !== undefined) return folder
  }
  return undefined
}
