import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { nearestName } from './nearest-name.ts'

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

/** Says of a field that a schema does not name where it stands, and which one was probably meant. */
export const unknownField: z.core.$ZodErrorMap = ({ code, path = [], keys, inst }) => {
  if (code !== 'unrecognized_keys') return undefined
  const [unknown] = keys as string[]
  const known = inst instanceof z.ZodObject ? Object.keys(inst.shape) : []
  const meant = nearestName(unknown!, known)
  const place = [...path, unknown].join('.')
  if (meant !== undefined) return `${place} is not known here; did you mean ${meant}?`
  return `${place} is not known here; ${known.length === 0 ? 'nothing' : known.join(', ')} may be given`
}
