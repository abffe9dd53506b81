/* Makes centres.ts, the mean vectors of the two languages, from the demo catalog. To be run again, with a higher
 * CENTRES_VERSION, when the model or the way of embedding changes:
 *
 *   npx tsx libs/embedding/model/make-centres.ts <cache folder> demo/catalog.zh.jsonl demo/catalog.en.jsonl
 *
 * A higher version is a new vector space: stored vectors are not comparable with it. The catalog may change without.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { itemOf, itemSchema, textOf } from '../../event/item.ts'
import { centresOf, type LanguageCentres } from '../centring.ts'
import { onnxEmbedder } from '../onnx-embedder.ts'
import { CENTRES_VERSION } from './centres.ts'
import { ensureModel } from './ensure-model.ts'

const OUTPUT = fileURLToPath(new URL('./centres.ts', import.meta.url))

/** The centres as the source text of centres.ts, to five decimals. */
export function centresSource(centres: LanguageCentres, version: number): string {
  const numbers = (vector: Float32Array) =>
    [...vector].map((component) => Number(component.toFixed(5))).join(', ')
  return `/* Mean raw vectors of multilingual-e5-small by language. Made by make-centres.ts: not to be edited. */
import type { LanguageCentres } from '../centring.ts'

/** Part of the name of the vector space. */
export const CENTRES_VERSION = ${version}

export const centres: LanguageCentres = {
  // biome-ignore format: numbers
  han: Float32Array.of(${numbers(centres.han)}),
  // biome-ignore format: numbers
  other: Float32Array.of(${numbers(centres.other)}),
}
`
}

/** The texts of the items in a file of JSON lines, as they are embedded. */
export async function textsOfCatalog(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => textOf(itemOf(itemSchema.parse(JSON.parse(line)))))
}

async function makeCentres(cacheDir: string, catalogs: readonly string[]): Promise<void> {
  const embedder = await onnxEmbedder(await ensureModel({ cacheDir }), { centred: false })
  try {
    const texts = (await Promise.all(catalogs.map(textsOfCatalog))).flat()
    const centres = centresOf(texts, await embedder.embed(texts))
    await writeFile(OUTPUT, centresSource(centres, CENTRES_VERSION))
  } finally {
    await embedder.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [cacheDir = '.cache/halflife', ...catalogs] = process.argv.slice(2)
  await makeCentres(cacheDir, catalogs)
}
