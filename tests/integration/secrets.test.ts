import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../substrate/free-port.ts'
import { startNativeRedis } from '../substrate/redis-native.ts'
import { halflifeCommand } from './halflife-command.ts'
import { httpClient } from './http-client.ts'
import { embeddedPlace } from './running-halflife.ts'

const PASSWORD = 'correct-horse-battery'

describe('secrets', () => {
  it('reach no log line, at the most talkative level, whatever goes wrong with them', async () => {
    const redis = await startNativeRedis({ settings: { requirepass: PASSWORD } })
    onTestFinished(redis.stop)
    const { environment } = await embeddedPlace(onTestFinished)
    const settings = {
      ...environment,
      PORT: '0',
      EMBEDDER: 'lexical',
      LOG_LEVEL: 'trace',
      API_KEYS_FILE: join(environment.DATA_DIR!, 'keys.json'),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${PASSWORD}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      REDIS_URL: redis.address.replace('//', `//:${PASSWORD}@`),
    }
    const making = halflifeCommand(['keys', 'create', 'shop', '--scope', 'admin'], settings, onTestFinished)
    const [key] = await making.printed(/hl_[0-9a-f]{8}_[\w-]{43}/)
    const stranger = `hl_00000000_${'s'.repeat(43)}`

    const halflife = halflifeCommand(['start', '--no-demo'], settings, onTestFinished)
    const [, port] = await halflife.printed(/ready on http:\/\/127\.0\.0\.1:(\d+)/)
    const { ask, get } = httpClient(Number(port))
    const click = { type: 'click', userId: 'ann', itemId: 'a' }
    expect((await ask('POST', '/v1/events', { authorization: `Bearer ${key}` }, click)).status).toBe(202)
    expect((await ask('POST', '/v1/events', { 'x-api-key': key }, { type: key })).status).toBe(400)
    expect((await get('/v1/trending', { authorization: `Bearer ${stranger}` })).status).toBe(401)
    expect((await get(`/v1/nowhere?api_key=${key}`, { authorization: `Bearer ${key}` })).status).toBe(404)
    await halflife.printed(/Spans cannot be exported/)
    await redis.kill()
    await halflife.printed(/"msg":"Waiting until it is back."/)
    await expect.poll(async () => (await get('/readyz')).status, { timeout: 10_000 }).toBe(503)
    expect((await get('/v1/trending', { 'x-api-key': key })).status).toBeGreaterThanOrEqual(200)
    halflife.signal('SIGTERM')
    await halflife.ended

    // By its place, as its letters may hold another underscore.
    const secretPart = key.slice('hl_00000000_'.length)
    const { stdout, stderr } = halflife.output()
    expect(stderr).toContain('"msg":"Request answered."')
    for (const secret of [PASSWORD, key, secretPart, stranger]) {
      expect(stdout + stderr).not.toContain(secret)
    }
  })
})
