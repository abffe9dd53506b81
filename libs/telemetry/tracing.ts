import type { Headers } from './trace-context.ts'

/** Spans of what the process does, for whoever gathers traces. Absent where nobody does: then nothing is done for it. */
export interface Tracing {
  /** undefined: the trace is not among those that are recorded. A request from outside decides on a trace of its own when it
   *  comes without one; everything else is recorded if its cause is. */
  begin(name: string, facts: SpanFacts): Span | undefined
  /** Sends what waits to be sent, as far as that can be done in two seconds. */
  close(): Promise<void>
}

export interface SpanFacts {
  readonly kind: 'server' | 'producer' | 'consumer' | 'internal'
  /** Headers, of HTTP or of a record, that name the span for which this is done. */
  readonly cause: Headers
  /** Further spans for which it is done, by headers that name them. */
  readonly links?: readonly Headers[]
  /** By OpenTelemetry's names. Never a user's or an item's id. */
  readonly attributes?: Attributes
  /** ms since the epoch; now when absent. */
  readonly startMs?: number
}

type Attributes = Readonly<Record<string, string | number>>

export interface Span {
  /** Names this span as the cause of what follows from it. */
  readonly traceparent: string
  end(outcome?: SpanOutcome): void
}

export interface SpanOutcome {
  readonly attributes?: Attributes
  /** A code from a bounded set; absent when all went well. */
  readonly failure?: string
  /** ms since the epoch; now when absent. */
  readonly endMs?: number
}

/** Called at the end of each step of a piece of work: the step has lasted since the call before. */
export type Laps<Step extends string> = (step: Step) => void

/** Each step becomes a span of its own. */
export function spanLaps<Step extends string>(tracing: Tracing | undefined, cause: Headers): Laps<Step> {
  if (tracing === undefined) return () => {}
  // The monotonic clock, since steps are shorter than the milliseconds of the other one.
  const epochMs = Date.now() - performance.now()
  let startMs = epochMs + performance.now()
  return (step) => {
    const endMs = epochMs + performance.now()
    tracing.begin(step, { kind: 'internal', cause, startMs })?.end({ endMs })
    startMs = endMs
  }
}
