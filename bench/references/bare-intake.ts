/** The least that anybody must do to take events over HTTP: Fastify parses the JSON and answers. */
import Fastify from 'fastify'

const app = Fastify({ bodyLimit: 4_194_304 })
app.post('/v1/events', async (request, reply) => {
  const accepted = (request.body as unknown[]).length
  return reply.code(202).send({ accepted, rejected: [] })
})
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as { port: number }
process.stderr.write(`${JSON.stringify({ msg: 'Service started.', port })}\n`)
