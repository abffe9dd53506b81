import { once } from 'node:events'
import { connect } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { boundBodies } from '../../../services/collector/bodies-in-hand.ts'

const MOST = 100
const OVERLOADED = { statusCode: 500, body: expect.stringContaining('HL_OVERLOADED') }

describe('bodies in hand', () => {
  let app: FastifyInstance
  let answers: (() => void)[]

  beforeEach(async () => {
    answers = []
    app = Fastify({ bodyLimit: 90 })
    boundBodies(app, MOST)
    app.post('/', () => new Promise((resolve) => answers.push(() => resolve('done'))))
    app.get('/', async () => 'read')
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterEach(() => app.close())

  const post = (bytes: number) =>
    app.inject({
      method: 'POST',
      url: '/',
      payload: JSON.stringify('x'.repeat(bytes - 2)),
      headers: { 'content-type': 'application/json' },
    })
  const inHand = (number: number) => vi.waitFor(() => expect(answers).toHaveLength(number))

  it('are refused beyond the bound, and taken again when others are answered', async () => {
    const first = post(60)
    await inHand(1)
    expect(await post(60)).toMatchObject(OVERLOADED)
    const second = post(40)
    await inHand(2)
    answers[0]!()
    expect(await first).toMatchObject({ statusCode: 200 })
    const third = post(60)
    await inHand(3)
    for (const answer of answers) answer()
    expect([(await second).statusCode, (await third).statusCode]).toEqual([200, 200])
  })

  it('do not keep out requests that have none', async () => {
    const one = post(80)
    await inHand(1)
    expect(await app.inject('/')).toMatchObject({ statusCode: 200 })
    answers[0]!()
    await one
  })

  it('do not hide that another is longer than may be', async () => {
    const one = post(80)
    await inHand(1)
    expect(await post(91)).toMatchObject({ statusCode: 413 })
    answers[0]!()
    await one
  })

  it('are no longer in hand when whoever sent them has gone', async () => {
    const { port } = app.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n3\r\n"x"\r\n0\r\n\r\n',
    )
    await inHand(1)
    expect(await post(20)).toMatchObject(OVERLOADED)
    socket.destroy()
    await once(socket, 'close')
    await vi.waitFor(async () => {
      const answered = post(20)
      await inHand(2)
      answers[1]!()
      expect((await answered).statusCode).toBe(200)
    })
  })
})
