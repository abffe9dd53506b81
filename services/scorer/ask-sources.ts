import type { Voice } from '../../libs/ranking/blend.ts'
import type { SourceName } from '../../libs/ranking/source-name.ts'
import type { SourceSettings } from '../../libs/scenario/scenario.ts'
import type { Source, SourceRequest } from './source.ts'

/** A source that was left out of an answer, and why. */
export interface LeftOut {
  readonly source: SourceName
  readonly reason: 'late' | 'failed'
}

export type Mix = ReadonlyMap<SourceName, SourceSettings>

export interface Asking {
  readonly mix: Mix
  readonly request: SourceRequest
  readonly admits: (itemId: string) => boolean
  /** Places on the page: no source proposes fewer, if it can. */
  readonly places: number
  /** false: the candidates are fixed, nothing is to be proposed. */
  readonly propose: boolean
  readonly deadlineMs: number
  readonly onFailure: (facts: LeftOut & { readonly error: unknown }) => void
}

/** Asks the sources of the mix together, under one deadline. Those that are late or fail are left out and named. */
export async function askSources(
  sources: ReadonlyMap<SourceName, Source>,
  { mix, request, admits, places, propose, deadlineMs, onFailure }: Asking,
): Promise<{ voices: Voice[]; leftOut: LeftOut[] }> {
  const leftOut: LeftOut[] = []
  const patience = deadline(deadlineMs)
  const voices = await Promise.all([...mix].map(([name, settings]) => voiceOf(name, settings)))
  patience.end()
  return { voices: voices.filter((voice) => voice !== undefined), leftOut }

  async function voiceOf(name: SourceName, settings: SourceSettings): Promise<Voice | undefined> {
    const source = sources.get(name)
    if (source === undefined) return undefined
    try {
      const preference = await inTime(source.prefer(request, patience.signal))
      if (preference === undefined) return undefined
      const limit = Math.max(settings.limit, places)
      const proposed = propose ? await inTime(preference.best(limit, admits)) : []
      const weight = settings.weight * (source.counts?.(request) ?? 1)
      return { source: name, weight, preference, proposed }
    } catch (error) {
      const facts: LeftOut = { source: name, reason: error === LATE ? 'late' : 'failed' }
      leftOut.push(facts)
      onFailure({ ...facts, error })
      return undefined
    }
  }

  /** What is there at once is not raced: no timer is set for it. */
  function inTime<Answer>(answer: Answer | Promise<Answer>): Answer | Promise<Answer> {
    return answer instanceof Promise ? Promise.race([answer, patience.over()]) : answer
  }
}

const LATE = new Error('the source was late')

/** One timer for all who wait, started by the first of them. */
function deadline(afterMs: number): { signal: AbortSignal; over(): Promise<never>; end(): void } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let late: Promise<never> | undefined
  return {
    signal: controller.signal,
    over() {
      late ??= new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          controller.abort(LATE)
          reject(LATE)
        }, afterMs)
      })
      return late
    },
    end: () => clearTimeout(timer),
  }
}
