/** Every source of candidates that a scenario may name. */
export const sourceNames = [
  'interests',
  'item-item',
  'neighbors',
  'trending',
  'similar',
  'query',
  'vector',
  'fresh',
  'supplied',
] as const

export type SourceName = (typeof sourceNames)[number]
