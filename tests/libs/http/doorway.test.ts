import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Doorway, openDoorway } from '../../../libs/http/doorway.ts'

const HOST = '127.0.0.1'
const LARGE = 20_000_000
const limits = { mostConnections: 10, requestWithinMs: 10_000 }

/** A door before a service that answers `/slow` when it is told to. */
async function newDoor(): Promise<{ door: Doorway; answer: (body: string) => void }> {
  const room = Fastify({ return503OnClosing: false, forceCloseConnections: 'idle' })
  let answer = (_: string) => {}
  room.get(
    '/slow',
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const door = await openDoorway({ host: HOST, port: 0, limits }, { failed: () => {} }, room)
  return { door, answer: (body) => answer(body) }
}

async function connected(door: Doorway, sent = ''): Promise<Socket> {
  const socket = connect(door.port, HOST)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(sent)
  await sleep(100)
  return socket
}

const ASK = 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n'

describe('a door that closes', () => {
  it('waits for what is in hand, and for no connection that is kept afterwards', async () => {
    const { door, answer } = await newDoor()
    const socket = await connected(door, ASK)
    const closed = door.close()
    await sleep(100)
    const answered = performance.now()
    answer('at last')
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 .*at last$/s)
    await closed
    expect(performance.now() - answered).toBeLessThan(1_000)
  })

  it('gives a slow client the whole of a large answer', async () => {
    const { door, answer } = await newDoor()
    const socket = await connected(door, ASK)
    const closed = door.close()
    answer('x'.repeat(LARGE))
    await sleep(500)
    let length = 0
    for await (const chunk of socket) length += chunk.length
    expect(length).toBeGreaterThan(LARGE)
    await closed
  })

  it('waits for no connection on which nothing was asked', async () => {
    const { door } = await newDoor()
    const socket = await connected(door)
    await Promise.all([once(socket, 'close'), door.close()])
  })

  it('gives up a request that does not come whole', async () => {
    const { door } = await newDoor()
    const socket = await connected(door, 'GET /slow HTTP/1.1\r\n')
    socket.on('error', () => {})
    await Promise.all([once(socket, 'close'), door.close()])
  }, 8_000)
})
