import type { FastifyInstance } from 'fastify'
import { HalflifeError } from '../errors/halflife-error.ts'

/** Answers every request for the service itself with "not ready". */
export async function waitingRoom(app: FastifyInstance): Promise<void> {
  app.all('/v1/*', async () => {
    throw new HalflifeError('HL_NOT_READY', 'the service is not ready yet; /readyz says what it waits for')
  })
}
