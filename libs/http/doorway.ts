import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { finished } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type ClientLimits, LOOK_FOR_LATE_MS, limitClients } from './client-limits.ts'
import type { HttpTelemetry } from './http-telemetry.ts'

/** The port, open from the first moment. While the service is getting ready a waiting room answers: probes and metrics
 *  as ever, everything else "not ready". */
export interface Doorway {
  readonly port: number
  /** From now on this service answers. Resolves when the former one has answered what it had in hand, or has been given time. */
  admit(service: FastifyInstance): Promise<void>
  /** Takes no more connections, ends what would go on for ever (the service's preClose hooks), and resolves when the requests
   *  in hand are answered. */
  close(): Promise<void>
}

export async function openDoorway(
  address: { readonly host: string; readonly port: number; readonly limits: ClientLimits },
  say: Pick<HttpTelemetry, 'failed'>,
  waitingRoom: FastifyInstance,
): Promise<Doorway> {
  await waitingRoom.ready()
  let answering = roomOf(waitingRoom)
  const server = createServer({ connectionsCheckingInterval: LOOK_FOR_LATE_MS })
  limitClients(server, address.limits, say, (request, response) => answering.take(request, response))
  server.listen(address.port, address.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async admit(service) {
      await service.ready()
      const former = answering
      answering = roomOf(service)
      await former.end()
      await former.emptied()
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      await answering.end()
      server.closeIdleConnections()
      await closed
    },
  }
}

/** An answer that takes longer is not waited for. */
const EMPTIED_WITHIN_MS = 5_000

/** A service, and how many requests it has in hand. */
function roomOf(service: FastifyInstance) {
  let inHand = 0
  let onEmpty = () => {}
  return {
    take(request: IncomingMessage, response: ServerResponse): void {
      inHand++
      finished(response, () => {
        inHand--
        if (inHand === 0) onEmpty()
      })
      service.routing(request, response)
    },
    /** Ends what would go on for ever; requests in hand are answered all the same. */
    end: () => service.close(),
    async emptied(): Promise<void> {
      if (inHand === 0) return
      await new Promise<void>((resolve) => {
        onEmpty = resolve
        setTimeout(resolve, EMPTIED_WITHIN_MS).unref()
      })
    },
  }
}
