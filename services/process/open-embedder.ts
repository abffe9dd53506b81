import type { Embedder } from '../../libs/embedding/embedder.ts'
import { lexicalEmbedder } from '../../libs/embedding/lexical-embedder.ts'
import { ensureModel } from '../../libs/embedding/model/ensure-model.ts'
import type { ModelProgress } from '../../libs/embedding/model/model-source.ts'
import { onnxEmbedder } from '../../libs/embedding/onnx-embedder.ts'
import { isHalflifeError, messageOf } from '../../libs/errors/halflife-error.ts'
import type { Settings } from '../../libs/settings/settings.ts'

export interface OpenedEmbedder {
  readonly embedder: Embedder
  /** Why it is only the lexical one, where the Transformer was wanted. */
  readonly degraded: string | undefined
}

/** The embedder that the settings ask for. @throws HL_MODEL_* unless EMBEDDER=auto lets the lexical one stand in */
export async function openEmbedder(
  settings: Settings,
  onProgress: (progress: ModelProgress) => void,
): Promise<OpenedEmbedder> {
  if (settings.EMBEDDER === 'lexical') return { embedder: lexicalEmbedder(), degraded: undefined }
  try {
    const folder = await ensureModel({
      cacheDir: settings.HALFLIFE_CACHE,
      ...(settings.MODEL_DIR !== undefined && { modelDir: settings.MODEL_DIR }),
      onProgress,
    })
    return { embedder: await onnxEmbedder(folder), degraded: undefined }
  } catch (error) {
    if (settings.EMBEDDER === 'transformer' || !isHalflifeError(error, 'HL_MODEL_UNAVAILABLE')) throw error
    return { embedder: lexicalEmbedder(), degraded: messageOf(error) }
  }
}
