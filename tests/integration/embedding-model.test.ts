import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { centresOf } from '../../libs/embedding/centring.ts'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import { centres } from '../../libs/embedding/model/centres.ts'
import { ensureModel } from '../../libs/embedding/model/ensure-model.ts'
import { textsOfCatalog } from '../../libs/embedding/model/make-centres.ts'
import { modelFiles } from '../../libs/embedding/model/model-files.ts'
import type { ModelFolder } from '../../libs/embedding/model/model-folder.ts'
import { onnxEmbedder } from '../../libs/embedding/onnx-embedder.ts'
import { loadTokenizer } from '../../libs/embedding/tokenizer.ts'
import { dot, norm, normalized } from '../../libs/interest/vector.ts'

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))
const catalogs = ['zh', 'en'].map((language) => path(`demo/catalog.${language}.jsonl`))

/** From the wheel's own engine and an independent conversion of it: prefix "query: ", mean pooling, unit length. */
const golden = [
  { text: '我喜欢阅读科幻小说', tokens: 10, begins: [0.0417, 0.008, -0.0645, -0.0505], cosine: 1 },
  { text: '科幻小说', tokens: 8, begins: [0.0514, 0.0101, -0.0796, -0.0576], cosine: 0.9623 },
  { text: '菜谱', tokens: 8, begins: [0.0272, -0.0412, -0.0361, -0.0737], cosine: 0.8336 },
  { text: 'science fiction novel', tokens: 8, begins: [0.0258, -0.0124, -0.1066, -0.0896], cosine: 0.8417 },
  { text: 'cookbook', tokens: 7, begins: [0.0362, -0.0034, -0.0679, -0.1044], cosine: 0.7934 },
  { text: 'phone accessories', tokens: 8, begins: [0.0165, -0.0495, -0.0051, -0.0713], cosine: 0.7314 },
]
const texts = golden.map((row) => row.text)

let folder: ModelFolder
let raw: Embedder
let embedder: Embedder

beforeAll(async () => {
  folder = await ensureModel({ cacheDir: path('.cache/halflife') })
  raw = await onnxEmbedder(folder, { centred: false })
  embedder = await onnxEmbedder(folder)
})
afterAll(() => Promise.all([raw?.close(), embedder?.close()]))

describe('multilingual-e5-small', () => {
  it('cuts the golden texts into as many tokens as it should', async () => {
    const tokenize = await loadTokenizer(folder.path)
    expect(tokenize(texts).lengths).toEqual(golden.map((row) => row.tokens))
    expect(tokenize(['很长的故事。'.repeat(1_000)]).lengths).toEqual([256])
  })

  it('gives the golden vectors', async () => {
    const vectors = await raw.embed(texts)
    golden.forEach(({ text, begins, cosine }, i) => {
      begins.forEach((component, j) => {
        expect(Math.abs(vectors[i]![j]! - component), `${text}, component ${j}`).toBeLessThan(0.002)
      })
      expect(Math.abs(dot(vectors[0]!, vectors[i]!) - cosine), text).toBeLessThan(0.001)
      expect(norm(vectors[i]!)).toBeCloseTo(1, 5)
    })
  })

  it('gives a text the same vector alone and beside longer ones', async () => {
    const together = await embedder.embed([...texts, 'a longer text about many things '.repeat(3)])
    for (const [i, text] of texts.entries()) {
      const [alone] = await embedder.embed([text])
      expect(dot(alone!, together[i]!)).toBeGreaterThanOrEqual(0.9999)
    }
  })

  it('gives unit vectors for empty and endless texts too', async () => {
    for (const vector of await embedder.embed(['', ' ', '😀', 'x'.repeat(50_000), '字'.repeat(50_000)])) {
      expect(vector).toHaveLength(embedder.dimension)
      expect(norm(vector)).toBeCloseTo(1, 5)
    }
  })
})

it('a model that cannot be loaded is refused with the reason', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'halflife-broken-'))
  await cp(folder.path, broken, { recursive: true })
  await writeFile(join(broken, modelFiles.onnx), 'no graph')
  await expect(onnxEmbedder({ ...folder, path: broken })).rejects.toMatchObject({
    code: 'HL_MODEL_UNAVAILABLE',
    message: expect.stringMatching(/cannot be loaded: .*protobuf/i),
  })
  await rm(broken, { recursive: true })
})

describe('centring by language', () => {
  const chinese = [
    '太空探险科幻小说',
    '都市爱情小说',
    '川菜家常菜谱',
    '无线蓝牙耳机',
    '露营帐篷',
    '机器学习入门',
  ]
  const english = [
    'Space adventure science fiction novel',
    'City romance novel',
    'Home cooking recipes',
    'Wireless bluetooth headphones',
    'Camping tent',
    'Introduction to machine learning',
  ]
  /** Places of `texts`, likest to `query` first. */
  async function ranked(by: Embedder, query: string, candidates: readonly string[]): Promise<number[]> {
    const [wanted, ...vectors] = await by.embed([query, ...candidates])
    return [...candidates.keys()].sort((a, b) => dot(wanted!, vectors[b]!) - dot(wanted!, vectors[a]!))
  }

  it('finds each subject in the other language', async () => {
    for (const [i, text] of chinese.entries())
      expect((await ranked(embedder, text, english))[0], text).toBe(i)
    for (const [i, text] of english.entries())
      expect((await ranked(embedder, text, chinese))[0], text).toBe(i)
  })

  it('puts the subject before the language, which raw vectors do not', async () => {
    const mixed = [...chinese.slice(1), english[0]!]
    const sameSubject = mixed.length - 1
    expect((await ranked(embedder, chinese[0]!, mixed))[0]).toBe(sameSubject)
    expect((await ranked(raw, chinese[0]!, mixed))[0]).not.toBe(sameSubject)
  })

  it('is a vector space of its own', () => {
    expect([raw.model, embedder.model]).toEqual([
      'multilingual-e5-small-zhen-q4',
      'multilingual-e5-small-zhen-q4-centred-1',
    ])
  })

  it('is about the means of the demo catalog', async () => {
    const sample = (await Promise.all(catalogs.map(textsOfCatalog))).flat().filter((_, i) => i % 4 === 0)
    const means = centresOf(sample, await raw.embed(sample))
    for (const language of ['han', 'other'] as const) {
      const cosine = dot(normalized(means[language]), normalized(centres[language]))
      expect(cosine, language).toBeGreaterThan(0.99)
      expect(norm(means[language]) / norm(centres[language])).toBeCloseTo(1, 1)
    }
  })
})

describe('the event loop', () => {
  it('is not held up while a thousand texts are embedded, and a query need not wait for them', async () => {
    const items = (await Promise.all(catalogs.map((file) => readFile(file, 'utf8'))))
      .flatMap((file) => file.trim().split('\n'))
      .map((line): { title: string; description: string; tags: string[] } => JSON.parse(line))
    const thousand = items
      .flatMap((item) => [item.title, item.tags.join(', '), item.description])
      .slice(0, 1_000)
    // Other work goes on meanwhile, turn after turn: were texts embedded in this thread, it would have a turn a batch.
    let turns = 0
    const others = setInterval(() => turns++, 1)
    const order: string[] = []
    const job = embedder.embed(thousand).then((vectors) => {
      order.push('job')
      return vectors
    })
    const query = embedder.embed(['帐篷']).then(() => order.push('query'))
    const [vectors] = await Promise.all([job, query])
    clearInterval(others)
    expect(vectors).toHaveLength(1_000)
    expect(order).toEqual(['query', 'job'])
    expect(turns).toBeGreaterThan(thousand.length)
  })
})
