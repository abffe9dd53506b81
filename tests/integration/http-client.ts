/** Asks a service of this machine, as any client would. */
export interface HttpClient {
  readonly url: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, type?: string): Promise<Answer>
  /** Any method, with JSON if there is a body. */
  ask(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Headers
  // The shape of an answer is what tests are about.
  readonly body: Record<string, never> & Record<string, unknown>
  readonly text: string
}

export function httpClient(port: number): HttpClient {
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    get: async (path, headers = {}) => answerOf(await fetch(url + path, { headers })),
    async send(method, path, body, type = 'application/json') {
      const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      const init = body === undefined ? { method } : { method, body: raw, headers: { 'content-type': type } }
      return answerOf(await fetch(url + path, init))
    },
    async ask(method, path, headers, body) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const init = { method, headers: { ...json, ...headers } }
      const sent = body === undefined ? init : { ...init, body: JSON.stringify(body) }
      return answerOf(await fetch(url + path, sent))
    },
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  const body = type.includes('json') ? JSON.parse(text) : {}
  return { status: response.status, type, headers: response.headers, body, text }
}
