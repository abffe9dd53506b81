import { randomUUID } from 'node:crypto'
import { expect, inject, it, onTestFinished } from 'vitest'
import { startFaultyProxy } from '../substrate/faulty-proxy.ts'
import { halflifeCommand } from './halflife-command.ts'
import { httpClient } from './http-client.ts'

it('a scorer whose Redis goes away while it loads the catalog waits for it', async () => {
  const url = new URL(inject('redisUrl'))
  const line = await startFaultyProxy({ host: url.hostname, port: Number(url.port || 6379) })
  onTestFinished(() => line.close())
  url.host = `127.0.0.1:${line.port}`
  const catalog = line.holdReplies('zrangebyscore')
  const environment = {
    REDIS_URL: url.href,
    KEY_PREFIX: `test-${randomUUID()}`,
    EMBEDDER: 'lexical',
    PORT: '0',
  }
  const scorer = halflifeCommand(['scorer'], environment, onTestFinished)
  const [, port] = await scorer.printed(/"port":(\d+),"msg":"Listening/)
  await catalog.begun
  line.cut()
  await scorer.printed(/"on":"store".*Waiting until it is back/)
  const { get } = httpClient(Number(port))
  expect((await get('/livez')).status).toBe(200)
  expect((await get('/readyz')).body.checks).toMatchObject({ start: 'not yet' })
  catalog.release()
  await scorer.printed(/Service started/)
  expect((await get('/readyz')).status).toBe(200)
})
