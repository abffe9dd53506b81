import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Health } from '../telemetry/health.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

const reportSchema = z.object({
  ready: z.boolean(),
  checks: z.record(z.string(), z.string()),
  degraded: z.record(z.string(), z.string()),
})

/** What orchestrators and Prometheus ask. Liveness depends on nothing but the process itself. */
export async function operationRoutes(
  app: FastifyInstance,
  { health, telemetry }: { health: Health; telemetry: Telemetry },
): Promise<void> {
  app.get(
    '/livez',
    { schema: { operationId: 'livez', summary: 'Is the process alive?', tags: ['operations'] } },
    async () => ({ alive: true }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'readyz',
        summary: 'Can the service do its work?',
        tags: ['operations'],
        response: { 200: reportSchema, 503: reportSchema },
      },
    },
    async (_, reply) => {
      const report = await health.report()
      return reply.code(report.ready ? 200 : 503).send(report)
    },
  )
  app.get(
    '/metrics',
    { schema: { operationId: 'metrics', summary: 'Prometheus metrics', tags: ['operations'] } },
    async (_, reply) => {
      return reply.type(telemetry.registry.contentType).send(await telemetry.registry.metrics())
    },
  )
}
