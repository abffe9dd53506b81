/** Why a language model was of no use:
 *  `late`: it did not answer in time. `failed`: it could not be reached, or refused. `malformed`: its answer is not of the form
 *  that was asked for. `wrong`: it is, and does not fit what was asked. `hostile`: a text that was to be sent gives instructions.
 *  `resting`: it failed several times in a row and is left alone for a while. `spent`: the minute's budget is used up. */
export const llmFailures = ['late', 'failed', 'malformed', 'wrong', 'hostile', 'resting', 'spent'] as const

export type LlmFailure = (typeof llmFailures)[number]

/** Never reaches a client: whoever asks a model has an answer without it. */
export class LlmError extends Error {
  readonly reason: LlmFailure

  constructor(reason: LlmFailure, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'LlmError'
    this.reason = reason
  }
}
