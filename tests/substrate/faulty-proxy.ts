import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Which way bytes go: requests from the client to the server, replies back. */
export type Direction = 'request' | 'reply'

/** Stands between a client and a TCP server and does to their connections what networks do. */
export interface FaultyProxy {
  readonly port: number
  /** Each piece of data waits so long before it goes on, in both directions. */
  delayBy(ms: number): void
  /** Resets all connections. Returns how many there were. */
  cut(): number
  /** The next piece of data in this direction arrives by half, and its connection ends. */
  truncateNext(direction: Direction): void
  /** How many pieces have been truncated. */
  truncated(): number
  /** Once a request holds `text`, no reply is handed on until it is released. */
  holdReplies(text: string): Hold
  close(): Promise<void>
}

export interface Hold {
  /** Resolves when the request has been seen. */
  readonly begun: Promise<void>
  /** Hands on what was held, or gives up waiting for the request. */
  release(): void
}

interface PendingHold {
  readonly text: string
  readonly begin: () => void
}

export async function startFaultyProxy(server: { host: string; port: number }): Promise<FaultyProxy> {
  const sockets = new Set<Socket>()
  const truncating = new Set<Direction>()
  let pending: PendingHold | undefined
  let released = Promise.resolve()
  let delayMs = 0
  let truncations = 0

  /** One piece of data at a time, so that a slow reader slows its writer. */
  async function forward(from: Socket, to: Socket, direction: Direction): Promise<void> {
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (delayMs > 0) await pause(delayMs)
      if (direction === 'reply') await released
      else if (pending !== undefined && piece.includes(pending.text)) pending.begin()
      if (truncating.delete(direction)) {
        truncations++
        await new Promise<void>((sent) => to.end(piece.subarray(0, piece.length >> 1), sent))
        return
      }
      await new Promise<void>((resolve, reject) =>
        to.write(piece, (error) => (error ? reject(error) : resolve())),
      )
    }
  }

  const listener = createServer((client) => {
    const upstream = connect(server)
    const pair = [client, upstream] as const
    const end = () => {
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) {
      sockets.add(socket.setNoDelay(true))
      socket.on('error', end).once('close', () => sockets.delete(socket))
    }
    // Whatever ends one direction ends the connection.
    forward(client, upstream, 'request').then(end, end)
    forward(upstream, client, 'reply').then(end, end)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')

  return {
    port: (listener.address() as AddressInfo).port,
    delayBy(ms) {
      delayMs = ms
    },
    cut() {
      const connections = sockets.size / 2
      for (const socket of sockets) socket.resetAndDestroy()
      return connections
    },
    truncateNext: (direction) => void truncating.add(direction),
    truncated: () => truncations,
    holdReplies(text) {
      let release = () => {}
      const begun = new Promise<void>((resolve) => {
        pending = {
          text,
          begin() {
            pending = undefined
            released = new Promise((open) => {
              release = open
            })
            resolve()
          },
        }
      })
      return {
        begun,
        release() {
          pending = undefined
          release()
        },
      }
    },
    async close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
      await once(listener, 'close')
    },
  }
}
