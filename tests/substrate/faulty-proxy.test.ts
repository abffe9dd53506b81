import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts'

/** A server that sends back what it gets, in capitals. */
let server: Server
let received: string
let proxy: FaultyProxy
let client: Socket
let replies: string

beforeEach(async () => {
  received = ''
  replies = ''
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      received += piece
      socket.write(piece.toString().toUpperCase())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startFaultyProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  client = connect(proxy.port, '127.0.0.1')
  client.on('error', () => {})
  client.on('data', (piece) => (replies += piece))
  await once(client, 'connect')
})

afterEach(async () => {
  client.destroy()
  await proxy.close()
  server.close()
})

it('hands on what comes, both ways, late or not', async () => {
  client.write('soon ')
  await expect.poll(() => replies).toBe('SOON ')
  proxy.delayBy(20)
  client.write('later')
  await expect.poll(() => replies).toBe('SOON LATER')
})

it('cuts connections', async () => {
  client.write('a')
  await expect.poll(() => replies).toBe('A')
  // Not events.once, which takes the reset for a failure.
  const closed = new Promise((resolve) => client.once('close', resolve))
  expect(proxy.cut()).toBe(1)
  await closed
})

it('lets half of a request through and ends the connection', async () => {
  proxy.truncateNext('request')
  client.write('12345678')
  await once(client, 'close')
  expect([received, proxy.truncated()]).toEqual(['1234', 1])
})

it('lets half of a reply through and ends the connection', async () => {
  proxy.truncateNext('reply')
  client.write('abcdefgh')
  await once(client, 'close')
  expect([received, replies]).toEqual(['abcdefgh', 'ABCD'])
})

it('holds replies from a certain request on, while requests reach the server', async () => {
  const hold = proxy.holdReplies('wait')
  client.write('now ')
  await expect.poll(() => replies).toBe('NOW ')
  client.write('wait ')
  await hold.begun
  client.write('more')
  await expect.poll(() => received).toBe('now wait more')
  expect(replies).toBe('NOW ')
  hold.release()
  await expect.poll(() => replies).toBe('NOW WAIT MORE')
})

it('ends a connection that the server will not take', async () => {
  client.destroy()
  server.close()
  await once(server, 'close')
  const refused = connect(proxy.port, '127.0.0.1')
  refused.on('error', () => {})
  await once(refused, 'close')
})
