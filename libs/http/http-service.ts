import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { HalflifeError, isHalflifeError } from '../errors/halflife-error.ts'
import { decodeJson } from '../event/decode-record.ts'
import type { Health } from '../telemetry/health.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { traceOf } from '../telemetry/trace-context.ts'
import { type Admission, admitByKey } from './admission.ts'
import { apiPages } from './api-pages.ts'
import type { HttpTelemetry } from './http-telemetry.ts'
import { operationRoutes } from './operation-routes.ts'
import { foreseen, PROBLEM_TYPE, problemOf, RETRY_AFTER_S } from './problem.ts'
import { traceRequests } from './traced-requests.ts'
import { refuseUnknownFields } from './unknown-fields.ts'
import { zodValidation } from './validation.ts'

export interface HttpServiceOptions {
  readonly title: string
  readonly telemetry: Telemetry
  readonly say: HttpTelemetry
  readonly health: Health
  readonly maxBodyBytes: number
  /** Absent: nobody is asked for a key. */
  readonly admission?: Admission
}

/** Told when the service is made and not afterwards: Fastify then does not load the compilers that it would use otherwise, whose
 *  schemas are the only ones that its types know. */
const schemaController = {
  compilersFactory: {
    buildValidator: () => zodValidation,
    // Schemas of answers are promises that tests check; checking each answer again would only cost time.
    buildSerializer: () => () => (answer: unknown) => JSON.stringify(answer),
  },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

/** The frame of every HTTP interface of Halflife: JSON in and out, problems as RFC 9457, OpenAPI from the routes' zod
 *  schemas, metrics and probes. It does not listen; tests ask it with `inject()`. */
export async function httpService(options: HttpServiceOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: options.maxBodyBytes,
    // 256 bytes of id, each up to three characters when percent-encoded.
    routerOptions: { maxParamLength: 1_024 },
    // Requests in hand are answered while the service drains.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    schemaController,
    // An address that cannot be read leads to no route, and to no error handler.
    frameworkErrors: answerWith(options.say),
  })
  if (options.telemetry.tracing !== undefined) traceRequests(app, options.telemetry.tracing)
  refuseCodedBodies(app)
  readJsonStrictly(app)
  answerWithProblems(app, options.say)
  noteAnswers(app, options.say)
  if (options.admission !== undefined) await admitByKey(app, options.admission)
  apiPages(app, {
    title: options.title,
    asksForKeys: options.admission !== undefined,
    prepare: (pages) => answerWithProblems(pages, options.say),
  })
  await app.register(operationRoutes, options)
  refuseUnknownFields(app)
  return app
}

/** Read as it is, a compressed list of events would be so many broken lines, each refused in an answer that says 202. */
function refuseCodedBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async ({ headers }) => {
    const coding = headers['content-encoding']
    if (coding === undefined || coding.toLowerCase() === 'identity') return
    const detail = `content-encoding is ${JSON.stringify(coding)}; send the body as it is, not compressed`
    throw new HalflifeError('HL_CONTENT_TYPE', detail)
  })
}

/** Bodies must be UTF-8 and JSON; the parser that comes with Fastify replaces broken bytes in silence. Where a call takes no body
 *  there need be none, although many clients name a content type all the same. */
function readJsonStrictly(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async ({ routeOptions }: FastifyRequest, body: Buffer) => {
      const isNothing = body.length === 0 && routeOptions.schema?.body === undefined
      return isNothing ? undefined : decodeJson(body)
    },
  )
}

/** What is asked for elsewhere may hold anything: a key, too. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown')
}

/** An error handler for Fastify. */
function answerWith(say: HttpTelemetry) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const { headers, routeOptions } = request
    const asked = { contentType: headers['content-type'], bodyLimit: routeOptions.bodyLimit }
    const ours = foreseen(error, asked)
    say.failed({ route: routeOf(request), error: ours })
    const problem = problemOf(ours)
    if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_S)
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
    // Fastify closes the connection, and a client that still sends then never sees the answer. The rest is read and thrown away.
    if (ours.code === 'HL_BODY_TOO_LARGE') reply.removeHeader('connection')
    void reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
  }
}

function answerWithProblems(app: FastifyInstance, say: HttpTelemetry): void {
  const answer = answerWith(say)
  app.setErrorHandler(answer)
  app.setNotFoundHandler((request, reply) => {
    const detail = `${request.method} ${request.url.split('?')[0]} does not exist; /docs lists what does`
    return answer(new HalflifeError('HL_ROUTE_UNKNOWN', detail), request, reply)
  })
  app.setSchemaErrorFormatter(([first]) => {
    const error: unknown = first
    return isHalflifeError(error) ? error : new Error('a schema complained without an error of ours')
  })
}

function noteAnswers(app: FastifyInstance, say: HttpTelemetry): void {
  app.addHook('onResponse', async (request, reply) => {
    // A stream lasts as long as somebody listens, which says nothing about how soon requests are answered.
    if (reply.raw.getHeader('content-type') === 'text/event-stream') return
    say.answered({
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
      trace: traceOf(request.headers),
    })
  })
}
