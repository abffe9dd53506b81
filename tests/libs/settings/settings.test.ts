import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readSettings, settingFacts, settingNames } from '../../../libs/settings/settings.ts'

const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$/gm)]

describe('settings', () => {
  it('are in the README, each with what the schema says of it, and no other', () => {
    const described = settingNames.map((name) => [name, settingFacts(name).description])
    expect(rows.map(([, name, , description]) => [name, description])).toEqual(described)
  })

  it('have the defaults that the README names', () => {
    const text = (value: unknown) =>
      typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(value!)
            .map((pair) => pair.join('='))
            .join(',')
        : String(value)
    for (const [, name, cell] of rows) {
      const shown = /^`(.*)`$/.exec(cell!)?.[1]
      if (shown !== undefined) expect(shown).toBe(text(readSettings({})[name as keyof object]))
    }
  })

  it('have examples that are themselves right', () => {
    for (const name of settingNames)
      expect(() => readSettings({ [name]: settingFacts(name).example })).not.toThrow()
  })

  it('count an empty variable as absent', () => {
    expect(readSettings({ REDIS_URL: '', PORT: '' })).toMatchObject({ PORT: 8080 })
    expect(() => readSettings({ REDIS_URL: '' }, ['REDIS_URL'])).toThrow(
      /^REDIS_URL is not set; for example REDIS_URL=/,
    )
  })

  it('add event types to the built-in ones', () => {
    expect(readSettings({ EVENT_WEIGHTS: 'share=3,view=0.5' }).EVENT_WEIGHTS).toMatchObject({
      share: 3,
      view: 0.5,
      click: 2,
    })
  })

  it.each([
    [{ TIMESCALES: 'day=86400,month=2592000' }, 'any of day, month, which TIMESCALES has'],
    [{ TIMESCALE_WEIGHTS: 'foo=1' }, 'any of session, recent, lasting, which TIMESCALES has'],
    [{ TIMESCALE_WEIGHTS: 'session=0' }, 'any of session, recent, lasting'],
  ])('refuse weights under which nobody is interested in anything: %j', (environment, why) => {
    expect(() => readSettings(environment)).toThrow(`TIMESCALE_WEIGHTS gives no weight to ${why}`)
    expect(() => readSettings({ ...environment, TIMESCALE_WEIGHTS: 'session=1,day=1' })).not.toThrow()
  })

  it.each(['1e17', '0.0000001', 'Infinity', 'NaN', '-1', '0'])(
    'refuse a half-life of %s seconds, of which no store could keep the end',
    (seconds) => {
      const TIMESCALES = `session=1800,ever=${seconds}`
      expect(() => readSettings({ TIMESCALES })).toThrow(/"ever=.*" is not name=number/)
    },
  )

  it('say of a number that is out of range what the range is', () => {
    expect(() => readSettings({ PORT: '70000' })).toThrow(
      'PORT is "70000": must be a whole number from 0 to 65535; for example PORT=8080',
    )
  })

  it('refuse to recall a timescale that there is not', () => {
    expect(() => readSettings({ RECALLED_TIMESCALES: 'week' })).toThrow(
      'RECALLED_TIMESCALES names week, and TIMESCALES has session, recent, lasting only',
    )
  })

  it.each([
    ['TRENDING_BY', 'country,', 'must be names'],
    ['TRENDING_BY', '1st', 'must be names'],
    ['TRENDING_BY', 'country=DE', 'must be names'],
    ['VECTOR_SPACES', 'image=512,text=3', 'text is always there'],
    ['RECENT_USERS', '-1', 'must be a whole number'],
    ['RECENT_USERS', '1.5', 'must be a whole number'],
    ['RECENT_USERS', 'many', 'must be a whole number'],
  ])('refuse %s=%s', (name, value, rule) => {
    expect(() => readSettings({ [name]: value })).toThrow(rule)
    expect(() => readSettings({ [name]: value })).toThrow(`${name} is ${JSON.stringify(value)}`)
  })

  it.each([
    ['LLM_URL', 'https://ann:hunter2@llm.example.com/v1', 'must hold no user and no password'],
    ['LLM_URL', 'hunter2', 'must be a URL'],
    ['LLM_KEY', 'sk-hunter2\u0000', 'must be letters, digits and signs of ASCII'],
    ['LLM_KEY', 'sk-\nhunter2', 'must be letters, digits and signs of ASCII'],
    ['LLM_KEY', 'sk-hunter2…', 'must be letters, digits and signs of ASCII'],
  ])('refuse %s=%j without showing it', (name, value, rule) => {
    const refusal = (() => {
      try {
        return readSettings({ [name]: value })
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toMatchObject({
      code: 'HL_SETTING',
      message: expect.stringContaining(`${name} is wrong: ${rule}`),
    })
    expect((refusal as Error).message).not.toContain('hunter2')
  })

  it('take a key as a file has it, with a newline at its end', () => {
    expect(readSettings({ LLM_KEY: 'sk-0123\n' }).LLM_KEY).toBe('sk-0123')
  })
})
