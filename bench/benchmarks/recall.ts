import { bestFirst, type Scored } from '../../libs/ranking/rank.ts'
import { vectorIndex } from '../../libs/retrieval/vector-index.ts'
import type { CatalogView } from '../../services/scorer/catalog-view.ts'
import { findableOf, retrieve } from '../../services/scorer/retrieve.ts'
import { type Bench, type Benchmark, sizesWithin } from '../benchmark.ts'
import { against, type Figure, figureOf } from '../figure.ts'
import { DIMENSION } from '../stored-world.ts'
import { textVectors } from '../text-vectors.ts'

const PAGE = 10
const KEPT_PERCENT = [100, 50, 10, 1]

/** How many of the ten best the scorer's retrieval finds, without a filter and with ones that keep little. */
export const recall: Benchmark = {
  name: 'recall',
  measures: 'part of the 10 best that retrieval over HNSW finds, with and without filters',
  quickly: '3,000 items and 100 queries instead of 100,000 and 1,000,000 items, 500 queries',
  async run(bench) {
    const figures: Figure[] = []
    const sizes = bench.quick ? [3_000] : sizesWithin([100_000, 1_000_000], bench)
    for (const items of sizes) figures.push(...(await recallAt(items, bench)))
    return figures
  },
}

async function recallAt(items: number, bench: Bench): Promise<Figure[]> {
  const block = await textVectors(items, 11, bench)
  const vectorAt = (row: number) => block.subarray(row * DIMENSION, (row + 1) * DIMENSION)
  const index = vectorIndex(DIMENSION, 0)
  for (let row = 0; row < items; row++) index.put(String(row), vectorAt(row))
  const ticking = setInterval(() => bench.progress(`Building the graph of ${items}`, 0, 0), 1_000)
  await index.settled()
  clearInterval(ticking)
  const queries = bench.quick ? 100 : 500
  const asked = await textVectors(queries, 13, bench)
  const figures: Figure[] = []
  for (const percent of KEPT_PERCENT) {
    const admits = (itemId: string) => keeps(Number(itemId), percent)
    let found = 0
    for (let query = 0; query < queries; query++) {
      const vector = asked.slice(query * DIMENSION, (query + 1) * DIMENSION)
      const best = exact(vector, block, items, percent)
      const catalog = catalogOver(index, items)
      const page = await retrieve(
        new Map([['text', vector]]),
        catalog,
        admits,
        findableOf(catalog, admits),
        PAGE,
      )
      found += page.filter(({ itemId }) => best.has(itemId)).length / PAGE
      bench.progress(`Asking ${items} items, ${percent} % kept`, query + 1, queries)
    }
    const name = percent === 100 ? `recall ${items} items` : `recall ${items} items ${percent} %`
    const run = against('exact search', found / queries, 1)
    figures.push(figureOf(name, 'recall@10', { sense: 'at least', ratio: 0.99 }, [run]))
  }
  return figures
}

/** Independent of the vectors: Knuth's multiplicative hash of the row. */
function keeps(row: number, percent: number): boolean {
  return (Math.imul(row + 1, 0x9e3779b1) >>> 0) % 100 < percent
}

function exact(query: Float32Array, block: Float32Array, items: number, percent: number): Set<string> {
  const best: Scored[] = []
  for (let row = 0, at = 0; row < items; row++, at += DIMENSION) {
    if (!keeps(row, percent)) continue
    let score = 0
    for (let d = 0; d < DIMENSION; d++) score += query[d]! * block[at + d]!
    if (best.length === PAGE && score <= best[PAGE - 1]!.score) continue
    best.push({ itemId: String(row), score })
    best.sort(bestFirst)
    if (best.length > PAGE) best.pop()
  }
  return new Set(best.map(({ itemId }) => itemId))
}

/** What retrieval asks of a catalog, over one index. */
function catalogOver(index: ReturnType<typeof vectorIndex>, items: number): CatalogView {
  const view: Partial<CatalogView> = {
    indexOf: () => index,
    *items() {
      for (let row = 0; row < items; row++) yield { itemId: String(row) } as never
    },
  }
  return view as CatalogView
}
