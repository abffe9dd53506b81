import { describe, expect, it } from 'vitest'
import { type Knob, type KnobValues, searchKnobs } from '../../../libs/evaluation/search-knobs.ts'
import { randomFrom } from '../../../libs/learning/random.ts'

const CHOICES = 400
const noise = Float64Array.from({ length: CHOICES }, randomFrom(3))
const knob = (name: string, more: Partial<Knob> = {}): Knob => {
  return { name, factors: [0.5, 2], least: 1, most: 1_000, whole: true, ...more }
}
const options = { allows: () => true, rounds: 5, goesOn: () => true, onStep: () => {} }

/** Worth on choice i: how near `good` is to 80, and a noise that `chance` turns around. */
function measure({ good, chance }: KnobValues): Float64Array {
  const gain = -0.01 * Math.abs(Math.log2(Number(good) / 80))
  return noise.map((each, i) => gain + 0.3 * (Number(chance) === 10 ? each : noise[CHOICES - 1 - i]!))
}

const start = { good: 10, chance: 10 }
const knobs = [knob('good'), knob('chance')]

describe('searching knobs', () => {
  it('walks on as far as it clearly gains, leaves what differs by chance, and says what each was worth', async () => {
    const { values, worths, gains, gainsBefore } = await searchKnobs(start, knobs, measure, measure, options)
    expect(values).toEqual({ good: 80, chance: 10 })
    const [good, chance] = worths
    expect(good).toMatchObject({ before: 10, after: 80, tried: 80 })
    expect(good!.gain.mean).toBeCloseTo(0.03, 10)
    expect(good!.gain.standardError).toBeLessThan(1e-6)
    expect(chance).toMatchObject({ before: 10, after: 10 })
    expect([5, 20]).toContain(chance!.tried)
    expect(chance!.gain.standardError).toBeGreaterThan(0.001)
    expect(gains).toEqual(measure(values))
    expect(gainsBefore).toEqual(measure(start))
  })

  it('turns nothing for a gain that is sure and next to nothing', async () => {
    const tiny = (values: KnobValues) =>
      measure({ ...start }).map((gain) => gain + 1e-6 * Number(values.good))
    const { values, worths } = await searchKnobs(start, knobs, tiny, tiny, options)
    expect(values).toEqual(start)
    expect(worths[0]).toMatchObject({ before: 10, after: 10, tried: 20 })
  })

  it('finds the same again, and measures no values twice', async () => {
    const asked: string[] = []
    const counted = (values: KnobValues) => {
      asked.push(JSON.stringify(values))
      return measure(values)
    }
    const once = await searchKnobs(start, knobs, counted, measure, options)
    expect(new Set(asked).size).toBe(asked.length)
    expect(await searchKnobs(start, knobs, measure, measure, options)).toEqual(once)
  })

  it('turns back what a later step has made needless', async () => {
    // Either knob alone brings it all, the second a little more.
    const either = ({ first, second }: KnobValues) => {
      return noise.map((each) => each + (Number(second) > 10 ? 2 : Number(first) > 10 ? 1 : 0))
    }
    const found = await searchKnobs(
      { first: 10, second: 10 },
      [knob('first'), knob('second')],
      either,
      either,
      options,
    )
    expect(found.values).toMatchObject({ first: 10, second: 20 })
    expect(found.worths.map(({ after }) => after)).toEqual([10, 20])
  })

  it('turns back what other choices do not confirm, and says what it is worth to them', async () => {
    const elsewhere = ({ good }: KnobValues) =>
      noise.map((each) => each * (Number(good) > 10 ? 1.1 : 1) - 0.05)
    const unheard = () => noise
    expect((await searchKnobs(start, knobs, measure, unheard, options)).values).toEqual(start)
    const found = await searchKnobs(start, knobs, measure, elsewhere, options)
    expect(found.values).toEqual({ good: 80, chance: 10 })
    expect(found.gains).toEqual(elsewhere(found.values))
    expect(found.worths[0]!.gain.mean).toBeCloseTo(0.1 * (noise.reduce((a, b) => a + b) / CHOICES), 10)
  })

  it('stops between two steps when time is up, with what it has', async () => {
    let steps = 0
    const { values, worths } = await searchKnobs(start, knobs, measure, measure, {
      ...options,
      goesOn: () => steps++ < 2,
    })
    expect(values).toEqual({ good: 20, chance: 10 })
    expect(worths[1]).toMatchObject({ tried: undefined, gain: { mean: 0, standardError: 0 } })
  })

  it('keeps within bounds, whole numbers and what is allowed, and stretches several numbers together', async () => {
    const tried: KnobValues[] = []
    const record = (values: KnobValues) => {
      tried.push(values)
      return noise
    }
    const several = [
      knob('list', { whole: false, most: 30 }),
      knob('odd', { factors: [0.5] }),
      knob('fixed', { least: 7, most: 7 }),
      knob('never'),
    ]
    const values = { list: [1.5, 20], odd: 5, fixed: 7, never: 4 }
    const allows = ({ never }: KnobValues) => never === 4
    const found = await searchKnobs(values, several, record, measure, { ...options, allows })
    expect(found.values).toEqual(values)
    expect(tried.slice(1)).toEqual([
      { ...values, list: [1, 10] },
      { ...values, list: [3, 30] },
      { ...values, odd: 3 },
    ])
  })
})
