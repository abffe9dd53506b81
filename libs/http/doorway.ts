import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** The port, open from the first moment. While the service is getting ready a waiting room answers: probes and metrics
 *  as ever, everything else "not ready". */
export interface Doorway {
  readonly port: number
  /** From now on this service answers. */
  admit(service: FastifyInstance): Promise<void>
  /** Takes no more connections, and resolves when the requests in hand are answered. */
  close(): Promise<void>
}

export async function openDoorway(
  address: { readonly host: string; readonly port: number },
  waitingRoom: FastifyInstance,
): Promise<Doorway> {
  await waitingRoom.ready()
  let answering = waitingRoom
  const server = createServer((request, response) => answering.routing(request, response))
  server.listen(address.port, address.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async admit(service) {
      await service.ready()
      answering = service
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
    },
  }
}
