import { type ErrorCode, errorCodes } from './error-codes.ts'

/** A fault that Halflife foresaw: a stable `code`, what was wrong with which value, and what to do about it.
 *  A bug is not one of these: it is thrown as an ordinary Error and stops the process. */
export class HalflifeError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'HalflifeError'
    this.code = code
  }

  /** The same request may succeed later without being changed. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable
  }
}

export function isHalflifeError(error: unknown, code?: ErrorCode): error is HalflifeError {
  return error instanceof HalflifeError && (code === undefined || error.code === code)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
