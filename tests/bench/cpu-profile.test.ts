import { describe, expect, it } from 'vitest'
import { type CpuProfile, costsOf, stacksOf } from '../../bench/cpu-profile.ts'
import { flamePicture } from '../../bench/flame-picture.ts'

const node = (id: number, functionName: string, children: number[] = [], url = '') => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
})

/** root → (idle), track → fold → fold; 10 µs a sample, half of them idle. */
const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', [2, 3]),
    node(2, '(idle)'),
    node(3, 'track', [4], 'file:///somewhere/dist/services/tracker/track.js'),
    node(4, 'fold', [5], 'file:///somewhere/dist/libs/interest/fold.js'),
    node(5, 'fold', [], 'file:///somewhere/dist/libs/interest/fold.js'),
  ],
  samples: [2, 2, 2, 2, 3, 4, 4, 5],
  timeDeltas: [10, 10, 10, 10, 10, 10, 10, 10],
}

describe('a CPU profile', () => {
  it('gives each function its part of the time that was busy', () => {
    const costs = costsOf(profile).map(({ name, place, self, total }) => [name, place, self, total])
    expect(costs.slice(0, 2)).toEqual([
      ['fold', 'libs/interest/fold.js:10', 0.75, 0.75],
      ['track', 'services/tracker/track.js:10', 0.25, 1],
    ])
  })

  it('keeps who called whom', () => {
    const [track] = stacksOf(profile).callees
    expect([track!.name, track!.callees[0]!.name, track!.callees[0]!.total]).toEqual(['track', 'fold', 0.75])
  })

  it('is drawn with a box for each function, as wide as its part', () => {
    const picture = flamePicture(stacksOf(profile))
    expect(picture.match(/<rect/g)).toHaveLength(4)
    expect(picture).toContain(
      '<title>fold libs/interest/fold.js:10 75.0 %</title><rect x="0.0" y="32" width="900.0"',
    )
  })
})
