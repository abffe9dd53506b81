/** Weight of each event type: how strongly one such event moves an interest, 0 not at all, below 0 away from it. */
export type EventWeights = Readonly<Record<string, number>>

export const defaultEventWeights: EventWeights = {
  impression: 0,
  view: 1,
  click: 2,
  like: 4,
  cart: 5,
  purchase: 8,
  dislike: -4,
  return: -8,
}

/** An event's own `weight` must lie within ± this: one event may not drown a life's. */
export const LARGEST_WEIGHT = 1_000
