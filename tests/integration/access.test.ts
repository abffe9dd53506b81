import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { newApiKey } from '../../libs/access/api-key.ts'
import { changeKeyFile } from '../../libs/access/key-file.ts'
import type { Scope } from '../../libs/access/scopes.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

const click = { type: 'click', userId: 'ann', itemId: 'book-1' }
const createdAt = '2026-01-01T00:00:00Z'
const keyFor = (name: string, scopes: Scope[], perSecond?: number) =>
  newApiKey({ name, scopes, createdAt, ...(perSecond && { perSecond }) })

async function keyFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-keys-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'keys.json')
}

async function guarded(path: string, more = {}) {
  const settings = settingsAt(await embeddedPlace(onTestFinished), { API_KEYS_FILE: path, ...more })
  return runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished)
}

const bearing = (key: string) => ({ authorization: `Bearer ${key}` })

describe('API keys', () => {
  it('let in who has one, for what it is good for', async () => {
    const path = await keyFile()
    const shop = keyFor('shop', ['events:write'])
    const boss = keyFor('boss', ['admin'])
    await changeKeyFile(path, () => [shop.record, boss.record])
    const halflife = await guarded(path)
    const asked = async (method: string, url: string, body: unknown, headers: Record<string, string>) => {
      const answer = await halflife.ask(method, url, headers, body)
      return [answer.status, answer.body.code]
    }
    expect(await asked('POST', '/v1/events', click, {})).toEqual([401, 'HL_KEY_MISSING'])
    expect(await asked('POST', '/v1/events', click, bearing(`${shop.key}x`))).toEqual([401, 'HL_KEY_UNKNOWN'])
    expect(await asked('POST', '/v1/events', click, bearing(shop.key))).toEqual([202, undefined])
    expect(await asked('POST', '/v1/events', click, { 'x-api-key': shop.key })).toEqual([202, undefined])
    expect(await asked('DELETE', '/v1/users/ann', undefined, bearing(shop.key))).toEqual([
      403,
      'HL_KEY_SCOPE',
    ])
    expect(await asked('DELETE', '/v1/users/ann', undefined, bearing(boss.key))).toEqual([202, undefined])
  })

  it('are asked for by every call of the API, and by no probe', async () => {
    const path = await keyFile()
    await changeKeyFile(path, () => [keyFor('shop', ['admin']).record])
    const halflife = await guarded(path)
    const { body } = await halflife.get('/openapi.json')
    const calls = Object.entries(body.paths as unknown as Record<string, object>).flatMap(
      ([route, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), route })),
    )
    expect(calls.length).toBeGreaterThan(12)
    for (const { method, route } of calls) {
      const { status, headers } = await halflife.ask(method, route.replace(/\{\w+\}/g, 'x'), {})
      expect([method, route, status === 401]).toEqual([method, route, route.startsWith('/v1/')])
      expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
    }
  })

  it('are rotated while the service runs, and a broken file takes none away', async () => {
    const path = await keyFile()
    const [old, fresh] = [keyFor('shop', ['admin']), keyFor('shop', ['admin'])]
    await changeKeyFile(path, () => [old.record])
    const halflife = await guarded(path)
    const statusWith = async (key: string) => (await halflife.get('/v1/trending', bearing(key))).status
    expect([await statusWith(old.key), await statusWith(fresh.key)]).toEqual([200, 401])
    await changeKeyFile(path, () => [fresh.record])
    await vi.waitFor(async () => expect(await statusWith(fresh.key)).toBe(200), 5_000)
    expect(await statusWith(old.key)).toBe(401)

    await writeFile(path, '{"keys":[{"id":"oops"}]}')
    await vi.waitFor(async () => {
      const metrics = await halflife.get('/metrics')
      expect(metrics.text).toMatch(/^halflife_api_key_file_failures_total\S* 1$/m)
    }, 5_000)
    expect(await statusWith(fresh.key)).toBe(200)
  })

  it('are held to their rate, each for itself', async () => {
    const path = await keyFile()
    const [slow, free] = [keyFor('slow', ['admin'], 3), keyFor('free', ['admin'])]
    await changeKeyFile(path, () => [slow.record, free.record])
    const halflife = await guarded(path)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => halflife.get('/v1/trending', bearing(slow.key))),
    )
    const refused = answers.filter(({ status }) => status === 429)
    // Twenty requests at once may straddle two windows of a second.
    expect(refused.length).toBeGreaterThanOrEqual(20 - 2 * 3)
    expect(refused[0]!.body.code).toBe('HL_RATE_LIMIT')
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    const others = await Promise.all(
      Array.from({ length: 20 }, () => halflife.get('/v1/trending', bearing(free.key))),
    )
    expect(others.every(({ status }) => status === 200)).toBe(true)
  })

  it('must be there before a service listens where others reach it', async () => {
    const place = await embeddedPlace(onTestFinished)
    const open = { HOST: '0.0.0.0' }
    await expect(
      runServices(['collector', 'tracker', 'scorer'], settingsAt(place, open), onTestFinished),
    ).rejects.toMatchObject({ code: 'HL_SETTING', message: expect.stringContaining('API_KEYS_FILE') })
    const wanted = settingsAt(place, { ...open, ALLOW_ANONYMOUS: 'true' })
    const halflife = await runServices(['collector', 'tracker', 'scorer'], wanted, onTestFinished)
    expect((await halflife.get('/v1/trending')).status).toBe(200)
  })

  it('end the process when the first file cannot be read', async () => {
    await expect(guarded('/nowhere/keys.json')).rejects.toMatchObject({ code: 'HL_KEY_FILE' })
  })
})
