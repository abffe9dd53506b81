import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
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
   *  in hand are answered, or have been given time. */
  close(): Promise<void>
}

export async function openDoorway(
  address: { readonly host: string; readonly port: number; readonly limits: ClientLimits },
  say: Pick<HttpTelemetry, 'failed'>,
  waitingRoom: FastifyInstance,
): Promise<Doorway> {
  await waitingRoom.ready()
  let closing = false
  // Else whoever had a request in hand would keep the connection, and with it the process.
  const letGo = (request: IncomingMessage) => {
    if (closing) request.socket.destroySoon()
  }
  let answering = roomOf(waitingRoom, letGo)
  const server = createServer({ connectionsCheckingInterval: LOOK_FOR_LATE_MS })
  limitClients(server, address.limits, say, (request, response) => answering.take(request, response))
  const open = openSockets(server)
  server.listen(address.port, address.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async admit(service) {
      await service.ready()
      const former = answering
      answering = roomOf(service, letGo)
      await former.end()
      await former.emptied()
    },
    async close() {
      closing = true
      const closed = once(server, 'close')
      server.close()
      // Node takes a connection for idle only after its first request.
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
      const late = setTimeout(() => server.closeAllConnections(), EMPTIED_WITHIN_MS)
      try {
        await answering.end()
        await closed
      } finally {
        clearTimeout(late)
      }
    },
  }
}

/** An answer that takes longer is not waited for, nor is a request that does not come whole. */
const EMPTIED_WITHIN_MS = 5_000

function openSockets(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return open
}

/** A service, and how many requests it has in hand. */
function roomOf(service: FastifyInstance, onAnswered: (request: IncomingMessage) => void) {
  let inHand = 0
  let onEmpty = () => {}
  return {
    take(request: IncomingMessage, response: ServerResponse): void {
      inHand++
      finished(response, () => {
        inHand--
        onAnswered(request)
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
