import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDoorway } from '../../../libs/http/doorway.ts'
import { type HttpServiceOptions, httpService } from '../../../libs/http/http-service.ts'

const MOST = 1_000
const LARGE = 20_000_000
const HOST = '127.0.0.1'
const say = { answered() {}, failed() {} }

async function newService(): Promise<FastifyInstance> {
  const telemetry = { registry: new Registry() } as HttpServiceOptions['telemetry']
  const health = {} as HttpServiceOptions['health']
  const app = await httpService({ title: 'Some interface', telemetry, say, health, maxBodyBytes: MOST })
  app.post('/said', async () => 'heard')
  app.get('/users/:userId', async () => 'found')
  app.delete('/users/:userId', async () => 'gone')
  return app
}

async function connected(requestWithinMs: number): Promise<Socket> {
  const limits = { mostConnections: 10, requestWithinMs }
  const door = await openDoorway({ host: HOST, port: 0, limits }, say, await newService())
  onTestFinished(() => door.close())
  const socket = connect({ port: door.port, host: HOST, allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

const head = (length: number) =>
  `POST /said HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

describe('an HTTP service', () => {
  it('says that a body is too large also to a client that sends all of it first', async () => {
    const socket = await connected(10_000)
    socket.write(head(LARGE))
    socket.write(Buffer.alloc(LARGE, 'x'))
    socket.end('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += chunk
    expect(text).toMatch(/^HTTP\/1\.1 413 .*"code":"HL_BODY_TOO_LARGE".*HTTP\/1\.1 200 .*"alive":true/s)
  })

  it('reads a body that has no end only for so long, though its client does not let go', async () => {
    const socket = await connected(500)
    const chunk = Buffer.alloc(10_000)
    const send = () => {
      while (socket.write(chunk)) {}
    }
    socket.on('drain', send).on('error', () => {})
    socket.write(head(Number.MAX_SAFE_INTEGER))
    send()
    await new Promise((resolve) => socket.once('close', resolve))
  })

  it.each(['gzip', 'br', 'GZIP, identity'])(
    'says of a body coded as %s that it reads none',
    async (coding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding }
      const app = await newService()
      const answer = await app.inject({
        method: 'POST',
        url: '/said',
        headers,
        payload: Buffer.from([31, 139]),
      })
      expect(answer.json()).toMatchObject({ status: 415, code: 'HL_CONTENT_TYPE' })
      expect(answer.json().detail).toContain(`content-encoding is "${coding}"`)
      const plain = { ...headers, 'content-encoding': 'identity' }
      const read = await app.inject({ method: 'POST', url: '/said', headers: plain, payload: '{}' })
      expect(read.body).toBe('heard')
    },
  )

  it('needs no body for a call that takes none, whatever content type the client names', async () => {
    const app = await newService()
    const headers = { 'content-type': 'application/json' }
    expect((await app.inject({ method: 'DELETE', url: '/users/ann', headers })).body).toBe('gone')
    const broken = await app.inject({ method: 'DELETE', url: '/users/ann', headers, payload: '{' })
    expect(broken.json().code).toBe('HL_BODY_JSON')
  })

  it.each([
    ['%FF', 'HL_REQUEST'],
    ['x'.repeat(1_025), 'HL_ID_TOO_LONG'],
  ])('refuses an address that cannot be read with a problem, too', async (userId, code) => {
    const app = await newService()
    const answer = await app.inject(`/users/${userId}`)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ status: 400, code })
  })
})
