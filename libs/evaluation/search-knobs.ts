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
  /** Of a knob that was turned what it brings on the choices kept back, everything else being as found; of any other the
   *  best that was tried. */
  readonly gain: PairedGain
  /** The value that `gain` is about; undefined where the time did not suffice to try one. */
  readonly tried: KnobValue | undefined
}

export interface Search {
  readonly values: KnobValues
  readonly worths: readonly KnobWorth[]
  /** The gains of the values on the choices kept back, and of those it began with. */
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

/** What the values are worth on each of some choices: float64[choices]. */
type Measure = (values: KnobValues) => Float64Array | Promise<Float64Array>

/** Coordinate ascent: one knob after another is turned where that ranks clearly better (two standard errors, paired over
 *  the same choices), until a round changes nothing. Of many steps some seem to be better by chance: only what other
 *  choices, which no step was taken by, confirm stays turned. The same values are measured once.
 *  @param measure on the choices to climb by @param confirm on those kept back */
export async function searchKnobs(
  start: KnobValues,
  knobs: readonly Knob[],
  measure: Measure,
  confirm: Measure,
  options: SearchOptions,
): Promise<Search> {
  const { climbed, best } = await climb(start, knobs, rememberedBy(measure), options)
  const measured = rememberedBy(confirm)
  /** What the values are worth beside those with this knob as it was. */
  const worthIn = async (values: KnobValues, { name }: Knob): Promise<PairedGain> => {
    const turnedBack = { ...values, [name]: start[name]! }
    return options.allows(turnedBack)
      ? pairedGain(await measured(values), await measured(turnedBack))
      : NO_GAIN
  }
  let values = climbed
  for (const knob of knobs) {
    if (isSame(values[knob.name]!, start[knob.name]!)) continue
    const turnedBack = { ...values, [knob.name]: start[knob.name]! }
    if (options.allows(turnedBack) && !isWorthIt(await worthIn(values, knob), CONFIRMED)) values = turnedBack
  }
  if (pairedGain(await measured(values), await measured(start)).mean < 0) values = start
  const worths: KnobWorth[] = []
  for (const knob of knobs) {
    const [before, after] = [start[knob.name]!, values[knob.name]!]
    const worth = isSame(before, after)
      ? (best.get(knob.name) ?? { gain: NO_GAIN, tried: undefined })
      : { gain: await worthIn(values, knob), tried: after }
    worths.push({ name: knob.name, before, after, ...worth })
  }
  return { values, worths, gains: await measured(values), gainsBefore: await measured(start) }
}

/** @returns what was climbed to, and by knob the best of the steps that were not taken */
async function climb(
  start: KnobValues,
  knobs: readonly Knob[],
  measured: (values: KnobValues) => Promise<Float64Array>,
  { allows, goesOn, onStep, rounds }: SearchOptions,
): Promise<{ climbed: KnobValues; best: ReadonlyMap<string, Pick<KnobWorth, 'gain' | 'tried'>> }> {
  const steps = knobs.flatMap((knob) => knob.factors.map((factor) => ({ knob, factor })))
  const best = new Map<string, Pick<KnobWorth, 'gain' | 'tried'>>()
  let climbed = start
  onStep(0, rounds * steps.length)
  let gains = await measured(climbed)
  for (let round = 0; round < rounds; round++) {
    const before = climbed
    for (const [s, { knob, factor }] of steps.entries()) {
      if (!goesOn()) return { climbed, best }
      onStep(round * steps.length + s, rounds * steps.length)
      const value = turned(climbed[knob.name]!, factor, knob)
      if (value === undefined) continue
      const tried = { ...climbed, [knob.name]: value }
      if (!allows(tried)) continue
      const gain = pairedGain(await measured(tried), gains)
      const most = best.get(knob.name)?.gain.mean ?? Number.NEGATIVE_INFINITY
      if (isWorthIt(gain, CLIMBED)) {
        climbed = tried
        gains = await measured(tried)
      } else if (gain.mean >= most) best.set(knob.name, { gain, tried: value })
    }
    if (climbed === before) break
  }
  return { climbed, best }
}

/** Standard errors by which a step is taken, and confirmed: chance alone leads through both once in some 300 steps. */
const CLIMBED = 2
const CONFIRMED = 1
/** Nobody turns a knob, or builds a store anew, for less, however sure it is. */
const LEAST_GAIN = 0.0005

function isWorthIt(gain: PairedGain, standardErrors: number): boolean {
  return gain.mean >= LEAST_GAIN && isClear(gain, standardErrors)
}

const NO_GAIN: PairedGain = { mean: 0, standardError: 0 }

function rememberedBy(measure: Measure): (values: KnobValues) => Promise<Float64Array> {
  const known = new Map<string, Float64Array>()
  return async (values) => {
    const key = JSON.stringify(values)
    const gains = known.get(key) ?? (await measure(values))
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
