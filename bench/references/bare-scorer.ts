/** The least that anybody must do to answer: one exact or HNSW search, and Fastify sending as many bytes.
 *  Arguments: the file of the item vectors, the answer to send. */
import { readFile } from 'node:fs/promises'
import Fastify from 'fastify'
import usearch from 'usearch'
import { DIMENSION } from '../stored-world.ts'

const EXACT_UP_TO = 20_000
const CANDIDATES = 50

const block = new Float32Array(new Uint8Array(await readFile(process.argv[2]!)).buffer)
const answer = process.argv[3]!
const items = block.length / DIMENSION
const vectorOf = (item: number) => block.slice(item * DIMENSION, (item + 1) * DIMENSION)
const search = items <= EXACT_UP_TO ? exactSearch() : graphSearch()

function exactSearch(): (query: Float32Array) => unknown {
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
  for (let i = 0; i < items; i++) graph.add(BigInt(i), vectorOf(i), 1)
  return (query) => graph.search(query, CANDIDATES, 1)
}

const app = Fastify()
app.get('/v1/users/:userId/recommendations', async (request, reply) => {
  const { userId } = request.params as { userId: string }
  search(vectorOf(Number(userId.slice('user-'.length)) % items))
  return reply.type('application/json').send(answer)
})
app.get('/metrics', async () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return `process_cpu_user_seconds_total ${userCPUTime / 1e6}\nprocess_cpu_system_seconds_total ${systemCPUTime / 1e6}\n`
})
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as { port: number }
process.stderr.write(`${JSON.stringify({ msg: 'Service started.', port })}\n`)
