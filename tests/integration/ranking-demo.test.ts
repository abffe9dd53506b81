import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Embedder } from '../../libs/embedding/embedder.ts'
import { ensureModel } from '../../libs/embedding/model/ensure-model.ts'
import { onnxEmbedder } from '../../libs/embedding/onnx-embedder.ts'
import { itemOf, textOf } from '../../libs/event/item.ts'
import { draw } from '../../libs/ranking/draw.ts'
import type { CatalogView } from '../../services/scorer/catalog-view.ts'
import { demoCatalog } from '../../services/standalone/demo-catalog.ts'
import { smallCatalog } from '../services/scorer/small-catalog.ts'
import { type History, smallScorer } from '../services/scorer/small-scorer.ts'

let embedder: Embedder
let catalog: CatalogView

beforeAll(async () => {
  const folder = await ensureModel({
    cacheDir: fileURLToPath(new URL('../../.cache/halflife', import.meta.url)),
  })
  embedder = await onnxEmbedder(folder)
  const items = (await demoCatalog()).map(itemOf)
  const vectors = await embedder.embed(items.map(textOf))
  catalog = await smallCatalog(items.map((item, n) => ({ ...item, vector: vectors[n]! })))
})
afterAll(() => embedder?.close())

const isScienceFiction = (itemId: string) =>
  catalog.itemOf(itemId)!.tags.some((tag) => tag === 'science fiction' || tag === '科幻')
const isOf = (category: string) => (itemId: string) => catalog.itemOf(itemId)!.category === category

/** Items of a kind, in an order that differs from user to user. */
function some(kind: (itemId: string) => boolean, count: number, userId: string): string[] {
  const ids = [...catalog.items()].map(({ itemId }) => itemId).filter(kind)
  return ids.sort((a, b) => draw(`${userId} ${a}`) - draw(`${userId} ${b}`)).slice(0, count)
}

async function pageOf(ann: History): Promise<string[]> {
  const { ask } = await smallScorer({ catalog, dimension: embedder.dimension, users: { ann } })
  return (await ask()).items.map(({ itemId }) => itemId)
}

describe('the demo catalog, really embedded', () => {
  it('is all science fiction, in both languages, after one click on a Chinese novel', async () => {
    const page = await pageOf([['books-zh-01', 'click', 0]])
    expect(page.filter(isScienceFiction)).toHaveLength(10)
    for (const language of ['-zh-', '-en-']) {
      expect(page.filter((itemId) => itemId.includes(language)).length).toBeGreaterThanOrEqual(3)
    }
  })

  it.each([
    ['science fiction and finance', isScienceFiction, isOf('finance')],
    ['finance and music', isOf('finance'), isOf('music')],
    ['health and science fiction', isOf('health'), isScienceFiction],
  ])('gives users who are 70/30 %s about 70/30 pages', async (_, most, rest) => {
    const shares: number[] = []
    for (let n = 0; n < 10; n++) {
      const chosen = [...some(most, 7, `user ${n}`), ...some(rest, 3, `user ${n}`)]
      const page = await pageOf(chosen.map((itemId, k) => [itemId, 'click', k / 100] as const))
      const [ofMost, ofRest] = [page.filter(most).length, page.filter(rest).length]
      expect(ofRest).toBeGreaterThanOrEqual(2)
      shares.push(ofMost / (ofMost + ofRest))
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    expect(Math.abs(mean - 0.7)).toBeLessThanOrEqual(0.06)
  })
})
