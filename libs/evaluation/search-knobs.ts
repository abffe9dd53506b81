import { isClear, type PairedGain, pairedGain } from '../learning/paired-gain.ts'

/** One number, or several that are stretched together. */
export type KnobValue = number | readonly number[]
export type KnobValues = Readonly<Record<string, KnobValue>>

/** Something that may be turned: what its value is tried to be multiplied by, and between which bounds it stays. */
export interface Knob {
  readonly name: string
  readonly factors: readonly number[]
  readonly least: number
  readonly most: number
  readonly whole: boolean
}

export interface KnobWorth {
  readonly name: string
  readonly before: KnobValue
  readonly after: KnobValue
  /** Of a knob that was turned what it brings, everything else being as found; of any other the best that was tried. */
  readonly gain: PairedGain
  /** The value that `gain` is about; undefined where the time did not suffice to try one. */
  readonly tried: KnobValue | undefined
}

export interface Search {
  readonly values: KnobValues
  readonly worths: readonly KnobWorth[]
  /** The gains of the values, and of those it began with. */
  readonly gains: Float64Array
  readonly gainsBefore: Float64Array
}

export interface SearchOptions {
  /** false for values that contradict each other. */
  readonly allows: (values: KnobValues) => boolean
  /** Over all knobs. */
  readonly rounds: number
  /** Asked between two steps: false ends the search with what was found so far. */
  readonly goesOn: () => boolean
  readonly onStep: (done: number, total: number) => void
}

/** Coordinate ascent: one knob after another is turned where that ranks clearly better (two standard errors, paired over
 *  the same choices), until a round changes nothing. The same values are measured once.
 *  @param measure float64[choices], what the values are worth on each; it may keep what knobs do not change */
export function searchKnobs(
  start: KnobValues,
  knobs: readonly Knob[],
  measure: (values: KnobValues) => Float64Array,
  { allows, rounds, goesOn, onStep }: SearchOptions,
): Search {
  const measured = rememberedBy(measure)
  const gainsBefore = measured(start)
  const best = new Map<string, Pick<KnobWorth, 'gain' | 'tried'>>()
  let values = start
  const steps = knobs.flatMap((knob) => knob.factors.map((factor) => ({ knob, factor })))
  search: for (let round = 0; round < rounds; round++) {
    const before = values
    for (const [s, { knob, factor }] of steps.entries()) {
      if (!goesOn()) break search
      onStep(round * steps.length + s, rounds * steps.length)
      const value = turned(values[knob.name]!, factor, knob)
      if (value === undefined) continue
      const tried = { ...values, [knob.name]: value }
      if (!allows(tried)) continue
      const gain = pairedGain(measured(tried), measured(values))
      if (isClear(gain)) values = tried
      else if (gain.mean >= (best.get(knob.name)?.gain.mean ?? Number.NEGATIVE_INFINITY))
        best.set(knob.name, { gain, tried: value })
    }
    if (values === before) break
  }
  const gains = measured(values)
  const worths = knobs.map(({ name }): KnobWorth => {
    const [before, after] = [start[name]!, values[name]!]
    const turnedBack = { ...values, [name]: before }
    const worth = isSame(before, after)
      ? (best.get(name) ?? { gain: { mean: 0, standardError: 0 }, tried: undefined })
      : { gain: pairedGain(gains, measured(turnedBack)), tried: after }
    return { name, before, after, ...worth }
  })
  return { values, worths, gains, gainsBefore }
}

function rememberedBy(measure: (values: KnobValues) => Float64Array): (values: KnobValues) => Float64Array {
  const known = new Map<string, Float64Array>()
  return (values) => {
    const key = JSON.stringify(values)
    const gains = known.get(key) ?? measure(values)
    known.set(key, gains)
    return gains
  }
}

/** Three digits are as much as a search can tell. */
const DIGITS = 3

/** undefined where the bounds let nothing else be tried. */
function turned(value: KnobValue, factor: number, { least, most, whole }: Knob): KnobValue | undefined {
  const scaled = [value].flat().map((each) => {
    const product = Number((each * factor).toPrecision(DIGITS))
    return Math.min(most, Math.max(least, whole ? Math.round(product) : product))
  })
  const result = typeof value === 'number' ? scaled[0]! : scaled
  return isSame(result, value) || new Set(scaled).size < scaled.length ? undefined : result
}

function isSame(a: KnobValue, b: KnobValue): boolean {
  return String(a) === String(b)
}
