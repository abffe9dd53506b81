import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureModel } from '../libs/embedding/model/ensure-model.ts'
import { onnxEmbedder } from '../libs/embedding/onnx-embedder.ts'
import { itemOf, textOf } from '../libs/event/item.ts'
import { readSettings } from '../libs/settings/settings.ts'
import { demoCatalog } from '../services/standalone/demo-catalog.ts'
import type { Bench } from './benchmark.ts'
import { DIMENSION } from './stored-world.ts'
import { randomOf, unit } from './workload.ts'

/** Vectors that lie as those of texts do. The 420 texts of the demo catalog are embedded by the real model; where more are
 *  wanted, a further one is a mixture of one of these and two of its nearest, each weighed at random, plus a part of the
 *  difference between two others. So it stays in its cluster, and what varies around it varies in the directions in
 *  which real texts differ. Independent noise in all 384 directions would not: real vectors fill few of them. The texts come
 *  in turn: vectors i, i + TEXTS, … are of one theme. */
export async function textVectors(count: number, seed: number, bench: Bench): Promise<Float32Array> {
  const real = await realVectors(bench)
  const random = randomOf(seed)
  const block = new Float32Array(count * DIMENSION)
  for (let i = 0; i < count; i++) {
    block.set(variant(real, i % TEXTS, random), i * DIMENSION)
    if (i % 10_000 === 0) bench.progress(`Making ${count} text vectors`, i, count)
  }
  return block
}

/** Of the demo catalog. */
export const TEXTS = 420
const NEIGHBOURS = 6
const VARIATION = 0.35

interface RealVectors {
  readonly vectors: readonly Float32Array[]
  /** The places of each one's nearest, nearest first. */
  readonly nearest: readonly (readonly number[])[]
}

function variant({ vectors, nearest }: RealVectors, place: number, random: () => number): Float32Array {
  const any = () => Math.floor(random() * vectors.length)
  const near = () => vectors[nearest[place]![Math.floor(random() * NEIGHBOURS)]!]!
  const [own, one, other, plus, minus] = [vectors[place]!, near(), near(), vectors[any()]!, vectors[any()]!]
  const [a, b, c] = [0.5 + random() / 2, random() / 2, random() / 2]
  return unit(own.map((x, d) => a * x + b * one[d]! + c * other[d]! + VARIATION * (plus[d]! - minus[d]!)))
}

function realVectors(bench: Bench): Promise<RealVectors> {
  return bench.once('real vectors', async () => {
    const vectors = await embeddedOnce(bench)
    const nearest = vectors.map((vector) => {
      const scores = vectors.map((other) => vector.reduce((sum, x, d) => sum + x * other[d]!, 0))
      return [...scores.keys()].sort((i, j) => scores[j]! - scores[i]!).slice(1, NEIGHBOURS + 1)
    })
    return { vectors, nearest }
  })
}

/** Kept beside the model: a first look has no time to embed them every time. */
async function embeddedOnce(bench: Bench): Promise<Float32Array[]> {
  const { HALFLIFE_CACHE: cacheDir } = readSettings({})
  const texts = (await demoCatalog()).map((input) => textOf(itemOf(input)))
  const folder = await ensureModel({ cacheDir, onProgress: () => {} })
  const file = join(cacheDir, `bench-${folder.model}-${texts.length}.f32`)
  const kept = await readFile(file).catch(() => undefined)
  if (kept !== undefined) {
    const floats = new Float32Array(new Uint8Array(kept).buffer)
    return texts.map((_, i) => floats.subarray(i * DIMENSION, (i + 1) * DIMENSION))
  }
  const embedder = await onnxEmbedder(folder)
  bench.whenOver(embedder.close)
  const vectors = await embedder.embed(texts)
  await mkdir(cacheDir, { recursive: true })
  await writeFile(file, Buffer.concat(vectors.map((vector) => Buffer.from(vector.buffer))))
  return vectors
}
