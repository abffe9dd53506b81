import { vectorIndex } from '../../libs/retrieval/vector-index.ts'
import type { Benchmark } from '../benchmark.ts'
import { figureOf, type Run } from '../figure.ts'
import { clusteredVectors } from '../workload.ts'

const DIMENSION = 384
const PAGE = 10
const QUERIES = 200

/** How many of the ten best the graph finds. Vectors come in clusters, which is where graphs fail. */
export const recall: Benchmark = {
  name: 'recall',
  measures: 'part of the 10 best that HNSW finds, on clustered vectors',
  quickly: '5,000 items instead of 100,000',
  async run(bench) {
    const count = bench.quick ? 5_000 : 100_000
    bench.say(`inserting ${count} vectors`)
    const vectors = clusteredVectors(count, DIMENSION, 400, 11)
    const [graph, exact] = [vectorIndex(DIMENSION, 0), vectorIndex(DIMENSION, Number.POSITIVE_INFINITY)]
    for (const [i, vector] of vectors.entries()) {
      graph.put(`item-${i}`, vector)
      exact.put(`item-${i}`, vector)
    }
    await graph.settled()
    const queries = clusteredVectors(QUERIES, DIMENSION, 400, 13)
    const found = queries.map((query) => {
      const best = new Set(exact.search(query, PAGE).map(({ itemId }) => itemId))
      return graph.search(query, PAGE).filter(({ itemId }) => best.has(itemId)).length / PAGE
    })
    const figure = found.reduce((sum, part) => sum + part, 0) / found.length
    const runs: Run[] = [{ figure, limit: 1, references: { exact: 1 } }]
    return [figureOf('recall', 'recall@10', { sense: 'at least', ratio: 0.99 }, runs)]
  },
}
