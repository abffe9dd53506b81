/** The scenarios that Halflife ships with, as they would stand in `halflife.config.json`. */
export const defaultScenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  home: {
    description: 'What this user wants now: the first page.',
    sources: {
      interests: { weight: 1 },
      'item-item': { weight: 0.5 },
      neighbors: { weight: 0.25, atMost: 0.3 },
      trending: { weight: 0.05, atMost: 0.2 },
      supplied: { weight: 0 },
    },
    diversity: { lambda: 0.9 },
  },
  'item-page': {
    description: 'Beside an item: what is like it, a little in the direction of who looks.',
    sources: {
      similar: { weight: 1 },
      'item-item': { weight: 0.5 },
      interests: { weight: 0.2 },
    },
    interests: { seats: false },
    filters: { seen: 'off' },
  },
  email: {
    description: 'A letter read hours later: lasting interests, three of a category at most.',
    limit: 6,
    deadlineMs: 1_000,
    sources: {
      interests: { weight: 1 },
      'item-item': { weight: 0.5 },
      neighbors: { weight: 0.25, atMost: 0.3 },
      trending: { weight: 0.05, atMost: 0.2 },
    },
    timescales: { recent: 0.3, lasting: 0.7 },
    diversity: { lambda: 0.7, perCategory: 3 },
  },
  search: {
    description: 'Words first, who asks second.',
    sources: { query: { weight: 1, limit: 100 }, interests: { weight: 0.2 } },
    interests: { seats: false },
  },
  feed: {
    description: 'An endless page: much at once, diverse, one place in ten for what is new.',
    limit: 30,
    sources: {
      interests: { weight: 1, limit: 150 },
      'item-item': { weight: 0.5 },
      neighbors: { weight: 0.25, atMost: 0.3 },
      trending: { weight: 0.1, atMost: 0.2 },
      fresh: { weight: 0, limit: 200 },
    },
    diversity: { lambda: 0.8 },
    exploration: { share: 0.1 },
  },
  trending: {
    description: 'What many people want now; GET /v1/trending.',
    sources: { trending: { weight: 1 } },
    interests: { seats: false },
  },
}
