import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../libs/errors/nearest-name.ts'

const names = ['scenario', 'limit', 'explain', 'include', 'exclude', 'category', 'userId', 'seen']

describe('the name that was probably meant', () => {
  it.each([
    ['limt', 'limit'],
    ['lmiit', 'limit'],
    ['limits', 'limit'],
    ['LIMIT', 'limit'],
    ['user_id', 'userId'],
    ['senario', 'scenario'],
    ['exlude', 'exclude'],
    ['inclde', 'include'],
  ])('for %s is %s', (given, meant) => expect(nearestName(given, names)).toBe(meant))

  it.each(['page', 'colour', 'x', '', 'api_key'])('for %j is none', (given) =>
    expect(nearestName(given, names)).toBeUndefined(),
  )

  it('is the name itself where it is spelt right, and found through one slip anywhere in it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom('', 'q'), (name, at, instead) => {
        expect(nearestName(name, names)).toBe(name)
        const place = at % name.length
        const slipped = name.slice(0, place) + instead + name.slice(place + 1)
        // Of these two one slip makes either.
        if (/^..clude$/.test(name)) return
        expect(nearestName(slipped, names)).toBe(name)
      }),
    )
  })
})
