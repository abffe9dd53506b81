import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import { z } from 'zod'
import { callBudget } from './call-budget.ts'
import { LlmError } from './llm-failure.ts'

/** A language model behind a chat endpoint as OpenAI made it: `POST {url}/chat/completions`. */
export interface ChatModel {
  /** Asks once. `data` is sent as JSON, apart from the instructions.
   *  @throws LlmError with any reason but `wrong` and `hostile` */
  ask<T>(question: Question<T>): Promise<T>
}

export interface Question<T> {
  readonly instructions: string
  readonly data: unknown
  /** What the answer must be. */
  readonly schema: z.ZodType<T>
}

export interface ChatModelOptions {
  /** Such as `https://api.example.com/v1`. */
  readonly url: string
  readonly model: string
  readonly key: string | undefined
  readonly withinMs: number
  readonly perMinute: number
  readonly now: () => number
}

const FAILURES_IN_A_ROW = 5
const REST_MS = 30_000
const LARGEST_ANSWER_BYTES = 262_144

const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
})

export function chatModel({ url, model, key, withinMs, perMinute, now }: ChatModelOptions): ChatModel {
  const endpoint = `${url.replace(/\/+$/, '')}/chat/completions`
  const budget = callBudget(perMinute, now)
  const policy = wrap(
    circuitBreaker(handleAll, {
      halfOpenAfter: REST_MS,
      breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    }),
    timeout(withinMs, TimeoutStrategy.Aggressive),
  )
  const headers = {
    'content-type': 'application/json',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  }

  async function call<T>({ instructions, data, schema }: Question<T>, signal: AbortSignal): Promise<T> {
    const jsonSchema = { name: 'answer', strict: true, schema: z.toJSONSchema(schema) }
    const body = JSON.stringify({
      model,
      temperature: 0,
      messages: [
        { role: 'system', content: instructions },
        { role: 'user', content: JSON.stringify(data) },
      ],
      response_format: { type: 'json_schema', json_schema: jsonSchema },
    })
    const response = await fetch(endpoint, { method: 'POST', headers, body, signal, redirect: 'error' })
    if (!response.ok) {
      await response.body?.cancel()
      throw new LlmError('failed', `the language model answered with status ${response.status}`)
    }
    return understood(await textOf(response), schema)
  }

  return {
    async ask(question) {
      if (!budget.take()) throw new LlmError('spent', `${perMinute} calls were made within a minute`)
      try {
        return await policy.execute(({ signal }) => call(question, signal))
      } catch (error) {
        if (error instanceof BrokenCircuitError) budget.giveBack()
        throw failureOf(error, withinMs)
      }
    },
  }
}

function failureOf(error: unknown, withinMs: number): LlmError {
  if (error instanceof LlmError) return error
  const options = { cause: error }
  if (error instanceof TaskCancelledError) {
    return new LlmError('late', `the language model did not answer within ${withinMs} ms`, options)
  }
  if (error instanceof BrokenCircuitError) {
    return new LlmError('resting', 'the language model failed several times in a row', options)
  }
  return new LlmError('failed', 'the language model cannot be reached', options)
}

/** @throws LlmError malformed, for an answer that does not end */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > LARGEST_ANSWER_BYTES) {
      throw new LlmError('malformed', `the answer is longer than ${LARGEST_ANSWER_BYTES} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** @throws LlmError malformed */
function understood<T>(text: string, schema: z.ZodType<T>): T {
  const completion = completionSchema.safeParse(jsonOf(text))
  if (!completion.success) throw new LlmError('malformed', 'the answer is no chat completion')
  const answer = schema.safeParse(jsonOf(completion.data.choices[0]!.message.content))
  if (!answer.success) throw new LlmError('malformed', z.prettifyError(answer.error))
  return answer.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
