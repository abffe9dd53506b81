import { describe, expect, it } from 'vitest'
import { emptyCounts } from '../../../libs/interest/decayed-counts.ts'
import type { PartitionState } from '../../../libs/store/interest-store.ts'
import { storedPositions } from '../../../services/tracker/stored-positions.ts'
import { simulatedStore, storeData } from '../../faults/simulation/simulated-store.ts'
import { contract, topics } from '../../faults/simulation/small-world.ts'

const PLACE = [topics.events, 0] as const
const MOVED = { code: 'HL_POSITION_MOVED' }

function stateAt(position: number): PartitionState {
  return { topic: PLACE[0], partition: PLACE[1], position, trending: emptyCounts() }
}

/** @param before done before each call to the store */
function surroundings(before: (call: string) => void = () => undefined) {
  const calls: string[] = []
  const data = storeData()
  const call = async <T>(name: string, effect: () => T): Promise<T> => {
    calls.push(name)
    before(name)
    return effect()
  }
  const store = simulatedStore({ data, contract, call, cut: (users) => [users] })
  const write = (from: number | undefined, to: number) =>
    store.commit({ users: [], partition: { ...stateAt(to), expectedPosition: from } })
  return { calls, data, store, write, positions: storedPositions(store) }
}

describe('where a tracker left a partition', () => {
  it('is read once, and asked for by its position alone as long as what is taken is left again', async () => {
    const { calls, write, positions } = surroundings()
    await write(undefined, 5)
    expect(await positions.startAt(...PLACE)).toBe(5)
    expect(await positions.take(...PLACE)).toEqual(stateAt(5))
    await write(5, 7)
    const left = stateAt(7)
    positions.leave(left)
    calls.length = 0
    expect(await positions.take(...PLACE)).toBe(left)
    expect(calls).toEqual(['readPosition'])
    // The batch that took it has failed.
    expect(await positions.take(...PLACE)).toEqual(stateAt(7))
    expect(calls).toEqual(['readPosition', 'readPartition'])
  })

  it('is given to one batch alone', async () => {
    const { write, positions } = surroundings()
    await write(undefined, 5)
    const left = stateAt(5)
    positions.leave(left)
    const [one, other] = await Promise.all([positions.take(...PLACE), positions.take(...PLACE)])
    expect(one).toBe(left)
    expect(other).not.toBe(left)
    expect(other).toEqual(left)
  })

  it.each([
    ['kept', true],
    ['read', false],
  ])('is refused once somebody else has gone on: %s', async (_, isKept) => {
    const { write, positions } = surroundings()
    await write(undefined, 5)
    await positions.startAt(...PLACE)
    if (isKept) positions.leave(stateAt(5))
    await write(5, 6)
    await expect(positions.take(...PLACE)).rejects.toMatchObject(MOVED)
  })

  it('is refused from when a loss is found until the log has started again, and is told once', async () => {
    const { data, write, positions } = surroundings()
    await write(undefined, 5)
    await write(5, 9)
    await positions.startAt(...PLACE)
    data.tables.loseLast(1)
    expect(await positions.findLoss()).toMatchObject(MOVED)
    expect(await positions.findLoss()).toBeUndefined()
    await expect(positions.take(...PLACE)).rejects.toMatchObject(MOVED)
    expect(await positions.startAt(...PLACE)).toBe(5)
    expect(await positions.take(...PLACE)).toEqual(stateAt(5))
  })

  it('is refused when it moves while it is read: what would be skipped now might be lost later', async () => {
    let [began, moving] = [false, Promise.resolve<unknown>(undefined)]
    const { write, positions } = surroundings((call) => {
      if (!began || call !== 'readPartition') return
      began = false
      moving = write(5, 9)
    })
    await write(undefined, 5)
    await positions.startAt(...PLACE)
    began = true
    await expect(positions.take(...PLACE)).rejects.toMatchObject(MOVED)
    await moving
  })
})
