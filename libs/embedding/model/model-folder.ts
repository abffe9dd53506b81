import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'
import { modelFiles } from './model-files.ts'

/** A model on disk whose files are known to be the right ones. */
export interface ModelFolder {
  readonly path: string
  /** Names the model and its quantisation, and so its raw vector space. */
  readonly model: string
  /** How many texts may go through the network together without moving one another's vectors. */
  readonly largestBatch: number
}

const descriptionSchema = z.object({
  model: z.string().min(1),
  largestBatch: z.number().int().positive(),
  /** Hexadecimal SHA-256 by path within the folder. */
  sha256: z.record(z.string(), z.string()),
})

export type ModelDescription = z.infer<typeof descriptionSchema>

/** What our converter makes of the pinned wheel, byte for byte. Its activations are quantised token by token, so that
 *  texts do not disturb one another in any batch. */
export const convertedModel: ModelDescription = {
  model: 'multilingual-e5-small-zhen-q4',
  largestBatch: 1_024,
  sha256: {
    [modelFiles.onnx]: '67e17d504787838013b39a620ac3641257c3849f714e041d65e2ffb4aaeb8333',
    [modelFiles.tokenizer]: '09a2fc92a1f96dc373471b1ce0cbc51bd06b202702d1a4b3e0d8e722458ee9af',
    [modelFiles.tokenizerConfig]: '9f121424caafa9c6e61473d66838c30ad41e8198f54730cbc6ccbf02fde7e464',
  },
}

const DESCRIPTION_FILE = 'halflife-model.json'

/** Opens a folder that holds a model; undefined when it holds none. A folder without a description of its own must be
 *  the converted model. @throws HL_MODEL_HASH when a file is missing or not the one described, HL_MODEL_UNAVAILABLE when
 *  it may not be read */
export async function openModelFolder(path: string): Promise<ModelFolder | undefined> {
  if (!(await exists(join(path, modelFiles.onnx)))) return undefined
  const described = await readDescription(path)
  // Nobody may describe the converted model anew: its files are pinned here.
  const description = described.model === convertedModel.model ? convertedModel : described
  for (const [file, expected] of Object.entries(description.sha256)) {
    await checkFile(join(path, file), expected)
  }
  return { path: resolve(path), model: description.model, largestBatch: description.largestBatch }
}

/** Records what a source without a pinned hash has yielded, so that later changes to the files are noticed. */
export async function describeModelFolder(
  path: string,
  facts: Omit<ModelDescription, 'sha256'>,
): Promise<void> {
  const sha256: Record<string, string> = {}
  for (const file of Object.values(modelFiles)) sha256[file] = await sha256Of(join(path, file))
  await writeFile(join(path, DESCRIPTION_FILE), JSON.stringify({ ...facts, sha256 }, undefined, 2))
}

/** @throws HL_MODEL_HASH naming file, expected and found hash */
export async function checkFile(path: string, expected: string): Promise<void> {
  const found = (await exists(path)) ? `sha256 ${await sha256Of(path)}` : 'no such file'
  if (found === `sha256 ${expected}`) return
  throw new HalflifeError('HL_MODEL_HASH', `${path}: expected sha256 ${expected}, found ${found}; remove it`)
}

async function readDescription(path: string): Promise<ModelDescription> {
  const file = join(path, DESCRIPTION_FILE)
  if (!(await exists(file))) return convertedModel
  try {
    return descriptionSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new HalflifeError('HL_MODEL_HASH', `${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** What this user may not look at is not absent: who took it so would fetch it again, or blame something else.
 *  @throws HL_MODEL_UNAVAILABLE when it cannot be told */
async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    const detail = `${messageOf(cause)}: let this user read it, or remove it`
    throw new HalflifeError('HL_MODEL_UNAVAILABLE', detail, { cause })
  }
}
