import type { Interest } from '../../libs/interest/split-interests.ts'
import type { LlmFailure } from '../../libs/llm/llm-failure.ts'
import type { Voice } from '../../libs/ranking/blend.ts'
import type { Candidate } from '../../libs/ranking/candidate.ts'
import type { Circumstances } from '../../libs/ranking/conditions.ts'
import type { Admission } from '../../libs/ranking/filters.ts'
import type { ChosenScenario } from '../../libs/scenario/scenario-config.ts'
import type { LeftOut, Mix } from './ask-sources.ts'
import type { Question } from './question.ts'
import type { Viewer } from './viewer.ts'

/** All that is known about a question when its candidates are there; it does not change from stage to stage. */
export interface Inquiry {
  readonly question: Question
  readonly chosen: ChosenScenario
  readonly viewer: Viewer
  readonly circumstances: Circumstances
  readonly admission: Admission
  readonly mix: Mix
  readonly voices: readonly Voice[]
  readonly leftOut: readonly LeftOut[]
  readonly interests: () => readonly Interest[]
  /** Nothing tells what this viewer wants, and nothing was asked about: what many want, then one of everything. */
  readonly cold: boolean
  readonly places: number
  readonly nowMs: number
}

export interface PageItem {
  readonly candidate: Candidate
  /** Shown to learn about it, not because it is wanted. */
  readonly exploration: boolean
}

/** A page on its way through the stages. */
export interface Draft {
  /** Best first. */
  readonly candidates: readonly Candidate[]
  /** Ids of candidates that nobody proposed, appended so that a stranger's page is full. */
  readonly lookAround: ReadonlySet<string>
  readonly page: readonly PageItem[]
  /** Ids that exploration took the places of. */
  readonly displaced?: ReadonlySet<string>
  /** What a language model made of the page, where one was asked. */
  readonly llm?: {
    /** Its reasons, by item. */
    readonly words: ReadonlyMap<string, string>
    /** Why it was of no use, and the page is as it was. */
    readonly failure?: LlmFailure
  }
}

/** One stage of the ranking. */
export interface Stage {
  readonly name: string
  run(draft: Draft, inquiry: Inquiry): Draft | Promise<Draft>
}
