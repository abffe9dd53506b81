import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiPages } from '../../../libs/http/api-pages.ts'
import { zodValidation } from '../../../libs/http/validation.ts'

let app: FastifyInstance
/** How often the pages were made. */
let made = 0

beforeEach(async () => {
  app = Fastify()
  app.setValidatorCompiler(zodValidation)
  made = 0
  apiPages(app, {
    title: 'Some interface',
    asksForKeys: true,
    prepare(pages) {
      made++
      pages.setNotFoundHandler((_, reply) => reply.code(404).send('our own answer'))
    },
  })
  const schema = { summary: 'Says it back', querystring: z.object({ said: z.string() }) }
  app.get('/said', { schema }, async ({ query }) => query)
  app.post('/hidden', { schema: { hide: true } }, async () => 'nothing')
})

afterEach(() => app.close())

describe('the pages of an interface', () => {
  it('are made at the first request for one of them, once', async () => {
    await app.inject('/said?said=this')
    expect(made).toBe(0)
    await Promise.all(['/docs', '/openapi.json', '/docs/json'].map((url) => app.inject(url)))
    expect(made).toBe(1)
  })

  it('describe the routes that are not hidden, and nothing else', async () => {
    const document = (await app.inject('/openapi.json')).json()
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Some interface' },
      security: [{ apiKey: [] }],
      paths: { '/said': { get: { summary: 'Says it back', parameters: [{ name: 'said', in: 'query' }] } } },
    })
    expect(Object.keys(document.paths)).toEqual(['/said'])
    expect(Object.keys(document.paths['/said'])).toEqual(['get'])
  })

  it('say which calls ask for no key', async () => {
    app.get('/v1/trending', { schema: { summary: 'Asks for one' } }, async () => 'much')
    const { paths } = (await app.inject('/openapi.json')).json()
    expect(paths['/said'].get.security).toEqual([])
    expect(paths['/v1/trending'].get.security).toBeUndefined()
  })

  it('come with what they need, and answer as prepared where there is nothing', async () => {
    const page = await app.inject('/docs')
    expect(page.headers['content-type']).toContain('text/html')
    expect((await app.inject({ method: 'HEAD', url: '/docs' })).statusCode).toBe(200)
    const places = [...page.body.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, place]) => place!)
    expect(places.length).toBeGreaterThan(0)
    for (const place of places) {
      expect((await app.inject(new URL(place, 'http://halflife/docs').pathname)).statusCode).toBe(200)
    }
    const nothing = await app.inject('/docs/nonesuch')
    expect([nothing.statusCode, nothing.body]).toEqual([404, 'our own answer'])
  })
})
