import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiKeyRecord } from '../access/api-key.ts'
import type { KeyRing } from '../access/key-ring.ts'
import { requiredScope, type Scope } from '../access/scopes.ts'
import { HalflifeError } from '../errors/halflife-error.ts'

/** Who is let in: whoever presents a key that is good for the route. */
export interface Admission {
  readonly keys: () => KeyRing
  readonly now: () => number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null where the route asks for no key. */
    apiKey: ApiKeyRecord | null
  }
}

/** Asks for a key before anything else is done for a request, and holds each key to its rate.
 *  Problems: HL_KEY_MISSING, HL_KEY_UNKNOWN, HL_KEY_SCOPE, HL_RATE_LIMIT. */
export async function admitByKey(app: FastifyInstance, { keys, now }: Admission): Promise<void> {
  app.decorateRequest('apiKey', null)
  app.addHook('onRequest', async (request) => {
    const scope = requiredScope(request.method, request.routeOptions.url ?? '')
    if (scope !== undefined) request.apiKey = permitted(presentedKey(request), scope)
  })
  // Loaded where keys are asked for.
  const { default: rateLimit } = await import('@fastify/rate-limit')
  await app.register(rateLimit, {
    keyGenerator: ({ apiKey }) => apiKey?.id ?? '',
    max: ({ apiKey }) => apiKey!.perSecond!,
    allowList: ({ apiKey }) => apiKey?.perSecond === undefined,
    timeWindow: 1_000,
    errorResponseBuilder: ({ apiKey }) =>
      new HalflifeError(
        'HL_RATE_LIMIT',
        `the key of ${apiKey?.name} may ask ${apiKey?.perSecond} times a second; wait a second`,
      ),
  })

  function permitted(key: string, scope: Scope): ApiKeyRecord {
    const record = keys().find(key, now())
    if (record === undefined)
      throw new HalflifeError('HL_KEY_UNKNOWN', 'the API key is unknown, revoked or expired')
    if (record.scopes.includes(scope) || record.scopes.includes('admin')) return record
    const detail = `the key of ${record.name} is good for ${record.scopes.join(', ')}, and this asks for ${scope}`
    throw new HalflifeError('HL_KEY_SCOPE', detail)
  }
}

function presentedKey({ headers }: FastifyRequest): string {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
  const own = headers['x-api-key']
  const key = bearer ?? (typeof own === 'string' ? own : undefined)
  if (key !== undefined) return key
  throw new HalflifeError(
    'HL_KEY_MISSING',
    'send an API key as `Authorization: Bearer hl_…` or `X-API-Key: hl_…`',
  )
}
