/** What an answer rests on, named in it. */
export const bases = [
  'interests',
  'stated-interests',
  'follows',
  'segment',
  'trending',
  'first-look',
  'query',
  'similar',
  'vector',
] as const

export type Basis = (typeof bases)[number]
