import { finished } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { HalflifeError } from '../../libs/errors/halflife-error.ts'

/** A body in hand takes some times its length: its bytes, what they say, the records made of it. */
export const MOST_BYTES_IN_HAND = 64_000_000

/** Refuses requests, before their body is read, while those in hand have as many bytes as may be; one is always let in.
 *  A body of unknown length counts as the longest allowed. Problem: HL_OVERLOADED. */
export function boundBodies(app: FastifyInstance, mostBytes = MOST_BYTES_IN_HAND): void {
  let inHand = 0
  app.addHook('onRequest', async ({ headers, routeOptions }, reply) => {
    const length = headers['content-length']
    const bytes =
      length !== undefined ? Number(length) : headers['transfer-encoding'] ? routeOptions.bodyLimit! : 0
    // It is refused for its length, which no waiting mends, before it is read.
    if (bytes > routeOptions.bodyLimit!) return
    if (inHand > 0 && inHand + bytes > mostBytes) {
      const detail = `requests of ${inHand} bytes are in hand, and at most ${mostBytes} may be; send more slowly`
      throw new HalflifeError('HL_OVERLOADED', detail)
    }
    inHand += bytes
    finished(reply.raw, () => {
      inHand -= bytes
    })
  })
}
