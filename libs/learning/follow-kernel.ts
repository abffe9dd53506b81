/** What two events of one user, `gap` places apart, add to the counts of the item–item model.
 *
 *  A row of X is a past seen from one place of a sequence, the event k places back counting `e^(−k/δ)`; the row of Y
 *  beside it is what followed, the event k places ahead counting `e^(−k/φ)`. Summed over all places of a sequence both
 *  products depend on the gap alone, but for the end of the sequence:
 *
 *      XᵀX:  e^(−gap/δ) · (1 − q^c) / (1 − q)      q = e^(−2/δ), c places from the later event to the last but one
 *      XᵀY:  Σ_{i < gap} e^(−i/δ) · e^(−(gap − 1 − i)/φ)
 *
 *  so the rows need never be written down. */
export interface FollowKernel {
  /** float64[window + 1]: e^(−gap/δ) */
  readonly fading: Float64Array
  /** float64[window + 1]: by number of places c; longer ones count as the last. */
  readonly tail: Float64Array
  /** float64[window + 1]: by gap; 0 at 0. */
  readonly following: Float64Array
  /** Largest gap that counts. */
  readonly window: number
}

/** φ: what comes next matters most, what comes soon after steadies the estimate. In places. */
const FOLLOWING_DECAY = 1
/** A pair that counts less than this is not counted. */
const FAINTEST = 1e-3
const WIDEST_WINDOW = 300

/** @param decay δ, in places of the sequence */
export function followKernel(decay: number): FollowKernel {
  const window = Math.min(WIDEST_WINDOW, Math.ceil(Math.max(decay, FOLLOWING_DECAY) * -Math.log(FAINTEST)))
  const past = Math.exp(-1 / decay)
  const ahead = Math.exp(-1 / FOLLOWING_DECAY)
  const fading = new Float64Array(window + 1)
  const tail = new Float64Array(window + 1)
  const following = new Float64Array(window + 1)
  for (let gap = 0; gap <= window; gap++) {
    fading[gap] = past ** gap
    tail[gap] = (1 - past ** (2 * gap)) / (1 - past ** 2)
    // following(g + 1) = φ-decayed following(g) plus the place just before the later event.
    if (gap > 0) following[gap] = following[gap - 1]! * ahead + past ** (gap - 1)
  }
  return { fading, tail, following, window }
}
