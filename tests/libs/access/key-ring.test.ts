import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newApiKey } from '../../../libs/access/api-key.ts'
import { keyRing } from '../../../libs/access/key-ring.ts'
import { requiredScope } from '../../../libs/access/scopes.ts'

const createdAt = '2026-01-01T00:00:00Z'
const T0 = Date.parse(createdAt)
const shop = newApiKey({ name: 'shop', scopes: ['events:write'], createdAt })
const guest = newApiKey({
  name: 'guest',
  scopes: ['recommendations:read'],
  createdAt,
  expiresAt: '2026-01-02T00:00:00Z',
})
const ring = keyRing([shop.record, guest.record])

describe('a ring of API keys', () => {
  it('finds the record of a key', () => {
    expect(ring.find(shop.key, T0)).toBe(shop.record)
    expect(ring.find(guest.key, T0)).toBe(guest.record)
  })

  it('finds nothing for a key that differs anywhere', () => {
    fc.assert(
      fc.property(fc.nat(shop.key.length - 1), fc.constantFrom('0', 'a', 'Z', '_', 'é'), (at, other) => {
        const altered = shop.key.slice(0, at) + other + shop.key.slice(at + 1)
        fc.pre(altered !== shop.key)
        expect(ring.find(altered, T0)).toBeUndefined()
      }),
    )
  })

  it("does not take one key's id with another key's secret", () => {
    const mixed = shop.key.slice(0, 12) + guest.key.slice(12)
    expect(ring.find(mixed, T0)).toBeUndefined()
  })

  it('lets a key expire at its time', () => {
    const expiry = Date.parse('2026-01-02T00:00:00Z')
    expect(ring.find(guest.key, expiry - 1)).toBe(guest.record)
    expect(ring.find(guest.key, expiry)).toBeUndefined()
  })

  it('keeps nothing that opens anything', () => {
    expect(JSON.stringify(shop.record)).not.toContain(shop.key.slice(12))
  })
})

describe('the scope that a route asks for', () => {
  it.each([
    ['POST', '/v1/events', 'events:write'],
    ['PUT', '/v1/users/:userId', 'events:write'],
    ['POST', '/v1/users/:userId/aliases', 'events:write'],
    ['DELETE', '/v1/users/:userId', 'users:erase'],
    ['GET', '/v1/users/:userId/export', 'users:erase'],
    ['GET', '/v1/users/:userId/recommendations', 'recommendations:read'],
    ['HEAD', '/v1/users/:userId/export', 'users:erase'],
    ['HEAD', '/v1/trending', 'recommendations:read'],
    ['GET', '/v1/trending', 'recommendations:read'],
    ['POST', '/v1/rank', 'recommendations:read'],
    ['POST', '/v1/search', 'recommendations:read'],
    ['POST', '/v1/items', 'items:write'],
    ['PUT', '/v1/items/:itemId', 'items:write'],
    ['DELETE', '/v1/items/:itemId', 'items:write'],
    ['GET', '/v1/items/:itemId/similar', 'recommendations:read'],
    ['POST', '/v1/anything-new', 'admin'],
    ['GET', '/livez', undefined],
    ['GET', '/metrics', undefined],
  ])('%s %s: %s', (method, route, scope) => {
    expect(requiredScope(method, route)).toBe(scope)
  })
})
