import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

/* A misspelt parameter that is passed over in silence is one that was never given: the answer looks right and is not. */

/** Routes registered from now on take nothing in the query string or the body that their schemas do not name. */
export function refuseUnknownFields(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { querystring = z.object({}), body } = route.schema ?? {}
    route.schema = {
      ...route.schema,
      querystring: closed(querystring),
      ...(body !== undefined && { body: closed(body) }),
    }
  })
}

/** An object's schema, taking no other fields than it names. `strict()` would lose what registries say of it. */
function closed(schema: unknown): unknown {
  if (!(schema instanceof z.ZodObject)) return schema
  return z.core.clone(schema, { ...schema.def, catchall: z.never() }, { parent: true })
}
