import { HalflifeError } from '../errors/halflife-error.ts'

export function missingTopics(log: string, topics: readonly string[]): HalflifeError {
  return new HalflifeError(
    'HL_LOG_UNAVAILABLE',
    `${log} lacks ${topics.join(', ')}. What is missing is made when a service starts, and empty; a store that has applied ` +
      'more than it holds is refused then.',
  )
}
