import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A network line to Redis that a test can damage. */
export interface RedisLine {
  readonly url: string
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>
  /** Takes connections again. */
  mend(): Promise<void>
  /** From now on commands arrive and are carried out, but no answer comes back. */
  loseAnswers(): void
  /** Breaks all connections, but takes new ones, which work. */
  drop(): void
}

export async function redisLine(redisUrl: string): Promise<RedisLine> {
  const target = new URL(redisUrl)
  const sockets = new Set<Socket>()
  let answersLost = false

  const server = createServer((client) => {
    const redis = connect(Number(target.port || 6379), target.hostname)
    for (const socket of [client, redis]) {
      sockets.add(socket)
      // Either end may break at any time here: that is what the line is for.
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        redis.destroy()
      })
    }
    client.pipe(redis)
    redis.on('data', (chunk) => {
      if (!answersLost) client.write(chunk)
    })
  })
  const drop = (): void => {
    answersLost = false
    for (const socket of sockets) socket.destroy()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = new URL(redisUrl)
  url.host = `127.0.0.1:${port}`

  return {
    url: url.href,
    async cut() {
      server.close()
      drop()
      await once(server, 'close')
    },
    async mend() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    loseAnswers() {
      answersLost = true
    },
    drop,
  }
}
