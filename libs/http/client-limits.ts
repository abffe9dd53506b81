import { type IncomingMessage, maxHeaderSize, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../errors/error-codes.ts'
import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import type { HttpTelemetry } from './http-telemetry.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'

/** How much of the port a client may take up. */
export interface ClientLimits {
  /** Connections at a time; requests on more of them are refused, and beyond twice as many nobody is let in. */
  readonly mostConnections: number
  /** A request must have arrived whole by then, in ms. */
  readonly requestWithinMs: number
}

/** How often Node looks for requests that are late. */
export const LOOK_FOR_LATE_MS = 500

/** Time to read why, before the connection is cut. */
const LET_GO_WITHIN_MS = 1_000

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Refuses, with problems of their own, connections beyond the limit, slow clients, and what is no HTTP. */
export function limitClients(
  server: Server,
  { mostConnections, requestWithinMs }: ClientLimits,
  say: Pick<HttpTelemetry, 'failed'>,
  serve: Listener,
): void {
  server.maxConnections = 2 * mostConnections
  server.requestTimeout = requestWithinMs
  server.headersTimeout = requestWithinMs
  let open = 0
  /** Those that came when all places were taken; they may ask for nothing. */
  const beyond = new WeakSet<Duplex>()
  server.on('connection', (socket) => {
    if (++open > mostConnections) beyond.add(socket)
    socket.once('close', () => open--)
  })
  server.on('request', (request, response) => {
    if (!beyond.has(request.socket)) {
      serve(request, response)
      return
    }
    const detail = `${mostConnections} connections are open already; use fewer, or keep them open between requests`
    const problem = said('HL_CONNECTIONS', detail)
    response.writeHead(problem.status, { ...HEADERS, 'retry-after': '1' }).end(JSON.stringify(problem))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const problem = said(codeOf(error), detailOf(error))
    const head = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`)
    const line = `HTTP/1.1 ${problem.status} ${problem.title}\r\n`
    socket.end(`${line}${head.join('')}\r\n${JSON.stringify(problem)}`)
    // Whoever does not let go, and sends on, is not let go by the end of ours alone.
    setTimeout(() => socket.destroy(), LET_GO_WITHIN_MS).unref()
  })

  function said(code: ErrorCode, detail: string) {
    const error = new HalflifeError(code, detail)
    say.failed({ route: 'unknown', error })
    return problemOf(error)
  }

  function detailOf(error: NodeJS.ErrnoException): string {
    const code = codeOf(error)
    if (code === 'HL_SLOW_CLIENT')
      return `the request had not arrived whole within ${requestWithinMs / 1_000} s`
    if (code === 'HL_HEADERS_TOO_LARGE')
      return `the headers have over ${maxHeaderSize} bytes in all; send fewer or shorter ones`
    return `what came is no HTTP request: ${messageOf(error)}`
  }
}

const HEADERS = { 'content-type': PROBLEM_TYPE, connection: 'close' }

function codeOf({ code }: NodeJS.ErrnoException): ErrorCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'HL_SLOW_CLIENT'
  return code === 'HPE_HEADER_OVERFLOW' ? 'HL_HEADERS_TOO_LARGE' : 'HL_REQUEST'
}
