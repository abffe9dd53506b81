import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

async function halflife(more: Record<string, string>) {
  const settings = settingsAt(await embeddedPlace(onTestFinished), more)
  return runServices(['collector'], settings, onTestFinished)
}

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** All that comes until the other side ends. */
async function heard(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

const ASK = 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'

describe('what clients may take up', () => {
  it('a client that sends its request drop by drop is told so and let go, while others are served', async () => {
    const { url, get } = await halflife({ REQUEST_WITHIN: '1' })
    const slowHead = await connected(url)
    slowHead.write('POST /v1/events HTTP/1.1\r\nhost: x\r\n')
    const slowBody = await connected(url)
    slowBody.write(
      'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    )
    for (const answer of await Promise.all([heard(slowHead), heard(slowBody)])) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 .*application\/problem\+json.*"code":"HL_SLOW_CLIENT"/s)
    }
    expect((await get('/livez')).status).toBe(200)
    expect((await get('/metrics')).text).toMatch(
      /halflife_http_problems_total\{route="unknown",code="HL_SLOW_CLIENT"[^}]*\} 2/,
    )
  })

  it('connections beyond MAX_CONNECTIONS are refused, beyond twice as many not let in, and places get free', async () => {
    const { url } = await halflife({ MAX_CONNECTIONS: '2' })
    const kept = [await connected(url), await connected(url)]
    const third = await connected(url)
    third.write(ASK)
    expect(await heard(third)).toMatch(/^HTTP\/1\.1 503 .*"code":"HL_CONNECTIONS"/s)
    const waiting = await Promise.all([connected(url), connected(url)])
    const fifth = await connected(url)
    expect(await heard(fifth)).toBe('')
    for (const socket of [...waiting, kept[0]!]) socket.destroy()
    const served = async () => {
      const next = await connected(url)
      next.write(ASK.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'))
      return heard(next)
    }
    await expect.poll(served, { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /)
  })

  it.each([
    [
      'headers of 20 KB',
      `GET /livez HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HL_HEADERS_TOO_LARGE',
    ],
    ['what is no HTTP', 'HELO\r\n\r\n', 400, 'HL_REQUEST'],
  ])('%s', async (_, sent, status, code) => {
    const { url } = await halflife({})
    const socket = await connected(url)
    socket.write(sent)
    const answer = await heard(socket)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ status, code })
  })
})
