import type { FastifyInstance, RouteOptions } from 'fastify'
import { requiredScope } from '../access/scopes.ts'

/* The OpenAPI document and the pages that show it. What makes them takes a quarter of a process's start and most processes are
 * never asked for them: it is loaded, and they are made, at the first request. */

export interface ApiPagesOptions {
  readonly title: string
  /** Routes ask for an API key. */
  readonly asksForKeys: boolean
  /** Makes the pages answer as every interface does when there is nothing, or a failure, to show. */
  readonly prepare: (pages: FastifyInstance) => void
}

const PAGES = '/docs'

/** Describes the routes that are registered from now on at `/openapi.json` and `/docs`. */
export function apiPages(app: FastifyInstance, options: ApiPagesOptions): void {
  const described: RouteOptions[] = []
  let making: Promise<FastifyInstance> | undefined
  const pages = () => {
    making ??= makePages(described, options)
    return making
  }
  app.addHook('onRoute', (route) => {
    if (!route.schema?.hide && route.method !== 'HEAD') described.push(route)
  })
  app.addHook('onClose', async () => (await making?.catch(() => undefined))?.close())
  app.get('/openapi.json', { schema: { hide: true } }, async () => (await pages()).swagger())
  for (const url of [PAGES, `${PAGES}/*`]) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const { routing } = await pages()
      reply.hijack()
      routing(request.raw, reply.raw)
    })
  }
}

/** A service of its own that has the same routes, described and never asked, beside the pages. */
async function makePages(
  described: readonly RouteOptions[],
  { title, asksForKeys, prepare }: ApiPagesOptions,
): Promise<FastifyInstance> {
  const [{ default: Fastify }, { default: swagger }, { default: swaggerUi }, { jsonSchemaTransform }] =
    await Promise.all([
      import('fastify'),
      import('@fastify/swagger'),
      import('@fastify/swagger-ui'),
      import('fastify-type-provider-zod'),
    ])
  const pages = Fastify()
  await pages.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version: '1' },
      ...(asksForKeys && {
        components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
        security: [{ apiKey: [] }],
      }),
    },
    transform: jsonSchemaTransform,
  })
  await pages.register(swaggerUi, { routePrefix: PAGES })
  prepare(pages)
  const compilers = { validatorCompiler: () => () => true, serializerCompiler: () => () => '' }
  for (const { method, url, schema = {} } of described) {
    const isOpen = asksForKeys && requiredScope(String(method), url) === undefined
    const said = isOpen ? { ...schema, security: [] } : schema
    pages.route({ method, url, schema: said, ...compilers, handler: async () => undefined })
  }
  await pages.ready()
  return pages
}
