import { describe, expect, it } from 'vitest'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import { defaultScenarios } from '../../../libs/scenario/default-scenarios.ts'
import {
  chooseScenario,
  defaultConfig,
  learningConfig,
  scenarioConfig,
  writtenConfig,
} from '../../../libs/scenario/scenario-config.ts'

const split = (variants: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  scenarioConfig({ scenarios: { home: { ...more, variants } } })

describe('the configuration of scenarios', () => {
  it('ships with home, item-page, email, search and feed', () => {
    expect([...defaultConfig().keys()]).toEqual(
      expect.arrayContaining(['home', 'item-page', 'email', 'search', 'feed']),
    )
    expect(Object.keys(defaultScenarios)).toEqual([...defaultConfig().keys()])
  })

  it('is changed field by field; null removes', () => {
    const own = {
      home: { diversity: { lambda: 0.5 }, sources: { trending: null, interests: { weight: 2 } } },
    }
    const { scenario } = scenarioConfig({ scenarios: own }).get('home')!
    const shipped = defaultConfig().get('home')!.scenario
    expect(scenario.diversity).toEqual({ lambda: 0.5 })
    expect(scenario.sources.trending).toBeUndefined()
    expect(scenario.sources.interests!.weight).toBe(2)
    expect(scenario.sources.neighbors).toEqual(shipped.sources.neighbors)
    expect(scenario.filters).toEqual(shipped.filters)
  })

  it('takes scenarios of one’s own, which begin as the one they extend, or as home', () => {
    const config = scenarioConfig({ scenarios: { sidebar: { extends: 'item-page', limit: 4 }, start: {} } })
    expect(config.get('sidebar')!.scenario.sources).toEqual(
      defaultConfig().get('item-page')!.scenario.sources,
    )
    expect(config.get('sidebar')!.scenario.limit).toBe(4)
    expect(config.get('start')!.scenario).toEqual(defaultConfig().get('home')!.scenario)
  })

  it('is the same when what is printed of it is read again', () => {
    const config = split({ bold: { traffic: 0.5, change: { diversity: { lambda: 0.5 } } } })
    const learning = { ...defaultLearning, neighbours: 50 }
    expect(scenarioConfig(writtenConfig(config, learning))).toEqual(config)
    expect(learningConfig(writtenConfig(config, learning))).toEqual(learning)
    expect(scenarioConfig(writtenConfig(defaultConfig(), learning))).toEqual(defaultConfig())
  })

  it.each([
    [{ home: { limit: 0 } }, /^scenarios\.home\.limit is 0: .*>=1/],
    [
      { home: { sources: { interests: { weight: 'much' } } } },
      /^scenarios\.home\.sources\.interests\.weight is "much": /,
    ],
    [{ home: { sources: { guesses: {} } } }, /^scenarios\.home\.sources\S* is .*: /],
    [
      { home: { sources: { trending: { atLeast: 0.5, atMost: 0.2 } } } },
      /^scenarios\.home\.sources\.trending is .*atLeast above atMost/,
    ],
    [{ home: { diversity: { lambda: 0 } } }, /^scenarios\.home\.diversity\.lambda is 0: /],
    [{ home: { diversity: { perCategory: 1.5 } } }, /^scenarios\.home\.diversity\.perCategory is 1\.5: /],
    [{ home: { exploration: { share: 2 } } }, /^scenarios\.home\.exploration\.share is 2: /],
    [{ home: { impressions: { sampled: 1.1 } } }, /^scenarios\.home\.impressions\.sampled is 1\.1: /],
    [{ home: { filters: { ignored: { times: 0 } } } }, /^scenarios\.home\.filters\.ignored\.times is 0: /],
    [{ home: { llm: { rerank: 'yes' } } }, /^scenarios\.home\.llm\.rerank is "yes": /],
    [{ home: { filters: { seen: 'never' } } }, /^scenarios\.home\.filters\.seen is "never": /],
    [
      { home: { filters: { attributes: { price: {} } } } },
      /^scenarios\.home\.filters\.attributes\.price is \{\}: has none of equals/,
    ],
    [{ home: { boosts: [{ name: 'new', factor: -1 }] } }, /^scenarios\.home\.boosts\.0\.factor is -1: /],
    [{ home: { colour: 'red' } }, /^scenarios\.home\.colour is "red": /],
    [{ home: { diversity: { lamda: 1 } } }, /^scenarios\.home\.diversity\.lamda is 1: .*mean lambda\?/],
    [{ home: { sources: { intrests: {} } } }, /^scenarios\.home\.sources\.intrests is .*mean interests\?/],
    [{ home: { variants: { a: { trafic: 1 } } } }, /\.variants\.a\.trafic is 1: .*mean traffic\?/],
    [{ home: { deadlineMs: 0 } }, /^scenarios\.home\.deadlineMs is 0: /],
    [{ home: { interests: { most: 0 } } }, /^scenarios\.home\.interests\.most is 0: /],
    [{ home: { timescales: { session: 'x' } } }, /^scenarios\.home\.timescales\.session is "x": /],
    [{ mine: { extends: 'theirs' } }, /^scenarios\.mine\.extends is "theirs": is none of home/],
    [{ 'Not a name': {} }, /^scenarios\.Not a name is .*lower-case/],
    [{ home: { variants: { a: { traffic: 1.5 } } } }, /^scenarios\.home\.variants\.a\.traffic is 1\.5: /],
    [
      { home: { variants: { a: { traffic: 0.6 }, b: { traffic: 0.6 } } } },
      /^scenarios\.home\.variants is .*more than 1/,
    ],
    [{ home: { variants: { control: { traffic: 0.1 } } } }, /^scenarios\.home\.variants is .*control/],
    [
      { home: { variants: { a: { traffic: 0.5, change: { limit: 0 } } } } },
      /^scenarios\.home\.variants\.a\.change\.limit is 0: /,
    ],
  ])('refuses %j with path, value and rule', (scenarios, message) => {
    expect(() => scenarioConfig({ scenarios })).toThrow(
      expect.objectContaining({ code: 'HL_CONFIG', message: expect.stringMatching(message) }),
    )
  })

  it.each([[undefined], [[]], ['home'], [{}], [{ scenarios: 1 }], [{ scenarios: {}, more: 1 }]])(
    'refuses %j for a file',
    (content) => {
      expect(() => scenarioConfig(content)).toThrow(expect.objectContaining({ code: 'HL_CONFIG' }))
    },
  )

  it('says which field of the file was probably meant', () => {
    expect(() => scenarioConfig({ scenario: {} })).toThrow(/^scenario is \{\}: .*mean scenarios\?/)
  })

  it('names the known scenarios to whoever asks for another', () => {
    expect(() => chooseScenario(defaultConfig(), 'hoem', 'ann')).toThrow(
      expect.objectContaining({
        code: 'HL_SCENARIO',
        message: expect.stringMatching(/"hoem" is none of home, item-page/),
      }),
    )
  })
})

describe('how models are learned', () => {
  it('is the default but for what the file says', () => {
    expect(learningConfig({ scenarios: {} })).toEqual(defaultLearning)
    expect(learningConfig({ scenarios: {}, learning: { dimension: 64 } })).toEqual({
      ...defaultLearning,
      dimension: 64,
    })
  })

  it.each([
    [{ neighbours: 0 }, /^learning\.neighbours is 0: /],
    [{ dimension: 2.5 }, /^learning\.dimension is 2\.5: /],
    [{ decays: [] }, /^learning\.decays is \[\]: /],
    [{ decays: [1, -1] }, /^learning\.decays\.1 is -1: /],
    [{ decays: [15] }, /^learning is .*a decay twice/],
    [{ ridges: 60 }, /^learning\.ridges is 60: /],
    [{ colour: 'red' }, /^learning\.colour is "red": /],
  ])('refuses %j with path, value and rule, for scorers, too', (learning, message) => {
    const refused = expect.objectContaining({ code: 'HL_CONFIG', message: expect.stringMatching(message) })
    expect(() => learningConfig({ scenarios: {}, learning })).toThrow(refused)
    expect(() => scenarioConfig({ scenarios: {}, learning })).toThrow(refused)
  })
})

describe('variants', () => {
  const users = Array.from({ length: 10_000 }, (_, n) => `user ${n}`)
  const variantOf = (config: ReturnType<typeof split>) => (userId: string) =>
    chooseScenario(config, 'home', userId).variant

  it('get the traffic they are given, and what they leave is control', () => {
    const chosen = users.map(variantOf(split({ a: { traffic: 0.5 }, b: { traffic: 0.2 } })))
    const part = (variant: string) => chosen.filter((each) => each === variant).length / users.length
    expect([part('a'), part('b'), part('control')].map((each) => Math.round(each * 50) / 50)).toEqual([
      0.5, 0.2, 0.3,
    ])
  })

  it('keep each user where they are, also when the file is read again', () => {
    const variants = { a: { traffic: 0.5 }, b: { traffic: 0.2 } }
    expect(users.map(variantOf(split(variants)))).toEqual(users.map(variantOf(split(variants))))
  })

  it('are split anew by an experiment of another name', () => {
    const variants = { a: { traffic: 0.5 } }
    const one = users.map(variantOf(split(variants, { experiment: 'one' })))
    const two = users.map(variantOf(split(variants, { experiment: 'two' })))
    const same = one.filter((variant, n) => variant === two[n]).length / users.length
    expect(Math.abs(same - 0.5)).toBeLessThan(0.03)
  })

  it('change what they say and nothing else', () => {
    const config = split({ a: { traffic: 1, change: { diversity: { lambda: 0.3 } } } })
    const { scenario, variant } = chooseScenario(config, 'home', 'ann')
    expect(variant).toBe('a')
    expect(scenario).toEqual({ ...defaultConfig().get('home')!.scenario, diversity: { lambda: 0.3 } })
  })

  it('are for users: nobody falls to none', () => {
    expect(chooseScenario(split({ a: { traffic: 1 } }), 'home', undefined).variant).toBeUndefined()
  })
})
