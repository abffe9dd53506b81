/** The least that anybody must do to answer: one exact or HNSW search, and Fastify sending as many bytes.
 *  Arguments: how many items, the answer to send. */
import Fastify from 'fastify'
import usearch from 'usearch'
import { DIMENSION, itemVectors } from '../stored-world.ts'

const EXACT_UP_TO = 20_000
const CANDIDATES = 50

const items = Number(process.argv[2])
const answer = process.argv[3]!
const vectors = itemVectors(items)
const search = items <= EXACT_UP_TO ? exactSearch() : graphSearch()

function exactSearch(): (query: Float32Array) => unknown {
  const block = new Float32Array(items * DIMENSION)
  for (const [i, vector] of vectors.entries()) block.set(vector, i * DIMENSION)
  return (query) => usearch.exactSearch(block, query, DIMENSION, CANDIDATES, usearch.MetricKind.IP, 1)
}

function graphSearch(): (query: Float32Array) => unknown {
  const graph = new usearch.Index({
    dimensions: DIMENSION,
    metric: usearch.MetricKind.IP,
    quantization: usearch.ScalarKind.F32,
    connectivity: 16,
    expansion_add: 128,
    expansion_search: 128,
    multi: false,
  })
  for (const [i, vector] of vectors.entries()) graph.add(BigInt(i), vector, 1)
  return (query) => graph.search(query, CANDIDATES, 1)
}

const app = Fastify()
app.get('/v1/users/:userId/recommendations', async (request, reply) => {
  const { userId } = request.params as { userId: string }
  search(vectors[Number(userId.slice('user-'.length)) % items]!)
  return reply.type('application/json').send(answer)
})
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as { port: number }
process.stderr.write(`${JSON.stringify({ msg: 'Service started.', port })}\n`)
