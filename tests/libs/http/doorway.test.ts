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
async function newDoor(): Promise<{ door: Doorway; answer: (body: string) => void; isEnded: () => boolean }> {
  const room = Fastify({ return503OnClosing: false, forceCloseConnections: 'idle' })
  let isEnded = false
  room.addHook('preClose', async () => {
    isEnded = true
  })
  let answer = (_: string) => {}
  room.get(
    '/slow',
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const door = await openDoorway({ host: HOST, port: 0, limits }, { failed: () => {} }, room)
  return { door, answer: (body) => answer(body), isEnded: () => isEnded }
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
    expect(performance.now() - answered).toBeLessThan(3_000)
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

describe('a door that lets another service in', () => {
  /** A door, before which `/slow` of the first service is asked, and another service is let in. */
  async function changing() {
    const { door, answer, isEnded } = await newDoor()
    onTestFinished(() => door.close())
    const socket = await connected(door, ASK)
    const other = Fastify({ return503OnClosing: false })
    other.get('/slow', async () => 'by the other')
    let isAdmitted = false
    const admitted = door.admit(other).then(() => {
      isAdmitted = true
    })
    await sleep(100)
    return { door, answer, isEnded, socket, admitted, isAdmitted: () => isAdmitted }
  }

  it('answers by it at once, ends the former one, and waits until that has answered what it had in hand', async () => {
    const { door, answer, isEnded, socket, admitted, isAdmitted } = await changing()
    const asked = await fetch(`http://${HOST}:${door.port}/slow`)
    expect([await asked.text(), isEnded(), isAdmitted()]).toEqual(['by the other', true, false])
    answer('at last')
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 .*at last$/s)
    await admitted
    socket.write(ASK)
    expect(String((await once(socket, 'data'))[0])).toMatch(/by the other$/)
  })

  it('waits no longer than some seconds for it', async () => {
    const { admitted } = await changing()
    await admitted
  }, 8_000)
})
