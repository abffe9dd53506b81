import { groupsOf } from '../../../libs/event/attribute-groups.ts'
import type { Attributes } from '../../../libs/event/item.ts'
import type { InterestShape } from '../../../libs/interest/interest-shape.ts'
import { emptyInterest, type InterestState, mergeInterest } from '../../../libs/interest/interest-state.ts'
import type { CommunityPart } from './community-view.ts'

/** Interest by segment: the users who share the value of an attribute, such as country or age band. */
export interface Segments extends CommunityPart {
  /** The interests of the segments that somebody with these attributes belongs to, added up; undefined where nobody is in
   *  them. */
  interestOf(attributes: Attributes): InterestState | undefined
}

/** Of so many members of a segment the interests are added up: those who changed last. */
const MOST_MEMBERS = 1_000

/** States add, so a segment's is the sum of its members'. It is added up anew when somebody asks and a member has changed:
 *  taking an earlier state off a sum of float32 would leave its rounding. */
export function segments(shape: InterestShape, names: readonly string[]): Segments {
  /** Members by segment, those who changed last at the end. */
  const members = new Map<string, Map<string, InterestState>>()
  const groupsBy = new Map<string, readonly string[]>()
  const sums = new Map<string, InterestState>()

  function remove(userId: string): void {
    for (const group of groupsBy.get(userId) ?? []) {
      const others = members.get(group)!
      others.delete(userId)
      if (others.size === 0) members.delete(group)
      sums.delete(group)
    }
    groupsBy.delete(userId)
  }

  function add(states: Iterable<InterestState>): InterestState {
    const sum = emptyInterest(shape)
    for (const state of states) mergeInterest(sum, shape, state)
    return sum
  }

  function sumOf(group: string): InterestState {
    const sum = sums.get(group) ?? add([...(members.get(group)?.values() ?? [])].slice(-MOST_MEMBERS))
    if (members.has(group)) sums.set(group, sum)
    return sum
  }

  return {
    put({ userId, state, attributes }) {
      remove(userId)
      const groups = groupsOf(attributes, names)
      if (groups.length === 0) return
      groupsBy.set(userId, groups)
      for (const group of groups) {
        const others = members.get(group)
        if (others === undefined) members.set(group, new Map([[userId, state.interest]]))
        else others.set(userId, state.interest)
        sums.delete(group)
      }
    },
    remove,
    interestOf(attributes) {
      const sum = add(groupsOf(attributes, names).map(sumOf))
      return sum.asOfMs === 0 ? undefined : sum
    },
  }
}
