import type { Attributes } from '../../libs/event/item.ts'
import type { RequestFilters } from '../../libs/ranking/filters.ts'
import type { ReasonLanguage } from '../../libs/ranking/reason.ts'
import type { Step } from './scorer-telemetry.ts'
import type { Who } from './viewer.ts'

/** What a request asks for. */
export interface Question {
  /** Seeds what is left to chance. */
  readonly recommendationId: string
  readonly scenario: string
  readonly who: Who
  /** What the page is about, if it is not only about who asks. */
  readonly about: About
  /** The scenario's own where absent. */
  readonly limit?: number | undefined
  readonly filters: RequestFilters
  /** Of the moment: country, device. */
  readonly context: Attributes
  /** Of the reader. @default 'en' */
  readonly language?: ReasonLanguage
  /** Asked before the ranking is computed. @throws HL_OVERLOADED when the answer would come too late */
  readonly stillWanted?: () => void
  /** Told of each step as it ends. */
  readonly lap?: (step: Step) => void
}

export interface About {
  /** Words, as of the language that the embedder reads. */
  readonly query?: string
  /** Items like this one. */
  readonly itemId?: string
  readonly vector?: { readonly space: string; readonly vector: Float32Array }
  /** The caller's own list. */
  readonly itemIds?: readonly string[] | undefined
}
