import type { FastifyInstance } from 'fastify'
import { HalflifeError } from '../errors/halflife-error.ts'

/** Answers every request for the service itself with "not ready". */
export async function waitingRoom(app: FastifyInstance): Promise<void> {
  // Before anybody looks at parameters, content type or body, of which only the service itself can judge.
  const onRequest = async () => {
    throw new HalflifeError('HL_NOT_READY', 'the service is not ready yet; /readyz says what it waits for')
  }
  app.all('/v1/*', { onRequest }, onRequest)
}
