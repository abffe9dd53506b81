import { type ErrorCode, factsOf } from '../errors/error-codes.ts'
import { HalflifeError, isHalflifeError } from '../errors/halflife-error.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** RFC 9457 problem document. `code` is the stable one; `type` points at its paragraph in docs/errors.md. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
}

/** How long a client should wait before it tries again something that may succeed later, seconds. */
export const RETRY_AFTER_S = 1

export function problemOf(error: HalflifeError): Problem {
  const { title, status } = factsOf(error.code)
  return {
    type: `https://halflife.invalid/errors#${error.code.toLowerCase()}`,
    title,
    status: status ?? 500,
    code: error.code,
    detail: error.message,
  }
}

/** Which of our codes stands for an error that Fastify raised itself. */
const codeByFastifyCode: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'HL_BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'HL_CONTENT_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'HL_BODY_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'HL_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'HL_ID_TOO_LONG',
  FST_ERR_BAD_URL: 'HL_REQUEST',
}

interface RaisedError extends Error {
  readonly code?: string
  readonly statusCode?: number
}

/** What of a request Fastify's own errors do not say. */
export interface AskedWith {
  readonly contentType: string | undefined
  /** Bytes. */
  readonly bodyLimit: number | undefined
}

/** Any error as one of ours. What nobody foresaw becomes HL_INTERNAL, and its message stays inside. */
export function foreseen(error: RaisedError, asked: AskedWith): HalflifeError {
  if (isHalflifeError(error)) return error
  const code = codeByFastifyCode[error.code ?? '']
  if (code !== undefined) return new HalflifeError(code, detailOf(code, error, asked), { cause: error })
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new HalflifeError('HL_REQUEST', error.message, { cause: error })
  }
  return new HalflifeError('HL_INTERNAL', 'an unforeseen error; the log of the service has it', {
    cause: error,
  })
}

function detailOf(code: ErrorCode, { message }: Error, { contentType, bodyLimit }: AskedWith): string {
  if (code === 'HL_CONTENT_TYPE')
    return `content-type is ${JSON.stringify(contentType ?? '')}; send application/json, or what /docs says of the call`
  if (code === 'HL_BODY_TOO_LARGE')
    return `the body has over ${bodyLimit} bytes (MAX_BODY_BYTES); send less at a time`
  return message
}
