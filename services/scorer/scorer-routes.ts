import type { FastifyInstance } from 'fastify'
import { type ExplainRoutesOptions, explainRoutes } from './explain-routes.ts'
import { type ExportRoutesOptions, exportRoutes } from './export-routes.ts'
import { type InterestsRoutesOptions, interestsRoutes } from './interests-routes.ts'
import { type PageRoutesOptions, pageRoutes } from './page-routes.ts'
import { type StreamRoutesOptions, streamRoutes } from './stream-routes.ts'

export interface ScorerRoutesOptions
  extends PageRoutesOptions,
    ExplainRoutesOptions,
    StreamRoutesOptions,
    InterestsRoutesOptions,
    ExportRoutesOptions {
  /** Why the space of text is not the Transformer's; every answer then says so in a header. */
  readonly degraded: string | undefined
}

export async function scorerRoutes(app: FastifyInstance, options: ScorerRoutesOptions): Promise<void> {
  // Before anything is answered: a stream sends its head itself.
  app.addHook('onRequest', async (_, reply) => {
    if (options.degraded !== undefined) reply.header('halflife-degraded', 'embedder')
  })
  await app.register(pageRoutes, options)
  await app.register(streamRoutes, options)
  await app.register(explainRoutes, options)
  await app.register(interestsRoutes, options)
  await app.register(exportRoutes, options)
}
