/** One choice that somebody made, for tuning: the standard scores of what was to be had, and what was taken. */
export interface Choice {
  /** float32[components · candidates], component by component; the taken ones first. The others are those that any
   *  mixture could rank high. */
  readonly scores: Float32Array
  /** How many candidates were taken. */
  readonly taken: number
  /** A component, or their sum, would have proposed something of what was taken. */
  readonly proposed: boolean
}
