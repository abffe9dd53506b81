/** Every error code of Halflife, once. docs/errors.md explains each; a test compares the two both ways.
 *  `status` is the HTTP status of the problem document; codes that never reach HTTP have none. */
interface ErrorCodeFacts {
  readonly title: string
  readonly status?: number
  readonly retryable: boolean
}

const invalid = (title: string): ErrorCodeFacts => ({ title, status: 400, retryable: false })
const unknown = (title: string): ErrorCodeFacts => ({ title, status: 404, retryable: false })
const unavailable = (title: string): ErrorCodeFacts => ({ title, status: 503, retryable: true })
const local = (title: string): ErrorCodeFacts => ({ title, retryable: false })

export const errorCodes = {
  HL_EVENT_SHAPE: invalid('The event is not of the documented shape'),
  HL_EVENT_TYPE: invalid('The event type is unknown'),
  HL_EVENT_WEIGHT: invalid('The event weight is not a finite number in range'),
  HL_EVENT_TIME: invalid('The event time cannot be read'),
  HL_EVENT_TIME_FUTURE: invalid('The event time is too far in the future'),
  HL_EVENT_BATCH_SIZE: { title: 'Too many events in one request', status: 413, retryable: false },
  HL_ITEM_SHAPE: invalid('The item is not of the documented shape'),
  HL_ITEM_VECTOR: invalid('A supplied item vector does not fit its vector space'),
  HL_ITEM_UNKNOWN: unknown('The item is not in the catalog'),
  HL_USER_SHAPE: invalid('The user is not of the documented shape'),
  HL_USER_UNKNOWN: unknown('Nothing is held about the user'),
  HL_ALIAS_SELF: invalid('A user cannot be an alias of itself'),
  HL_IMPRESSION_SHAPE: local('The impression is not of the documented shape'),
  HL_ID_MISSING: invalid('An identifier is missing'),
  HL_ID_EMPTY: invalid('An identifier is empty'),
  HL_ID_TOO_LONG: invalid('An identifier is longer than 256 bytes'),
  HL_ID_ENCODING: invalid('An identifier is not valid Unicode'),
  HL_LIMIT: invalid('The limit is out of range'),
  HL_QUERY: invalid('The query is not of the documented shape'),
  HL_RANK_CANDIDATES: invalid('The list of items to rank is empty or too long'),
  HL_SCENARIO: invalid('There is no such scenario'),
  HL_BODY_TOO_LARGE: { title: 'The request body is too large', status: 413, retryable: false },
  HL_BODY_ENCODING: invalid('The request body is not valid UTF-8'),
  HL_BODY_JSON: invalid('The request body is not valid JSON'),
  HL_BODY_DEPTH: invalid('The JSON is nested too deeply'),
  HL_TEXT_LENGTH: invalid('A text is too long'),
  HL_LIST_LENGTH: invalid('A list or object has too many entries'),
  HL_HEADERS_TOO_LARGE: { title: 'The request headers are too large', status: 431, retryable: false },
  HL_SLOW_CLIENT: { title: 'The request came too slowly', status: 408, retryable: true },
  HL_CONNECTIONS: unavailable('Too many connections are open'),
  HL_CONTENT_TYPE: { title: 'The content type is not accepted here', status: 415, retryable: false },
  HL_ROUTE_UNKNOWN: unknown('There is no such resource'),
  HL_KEY_MISSING: { title: 'An API key is needed', status: 401, retryable: false },
  HL_KEY_UNKNOWN: { title: 'The API key opens nothing', status: 401, retryable: false },
  HL_KEY_SCOPE: { title: 'The API key is not good for this', status: 403, retryable: false },
  HL_RATE_LIMIT: { title: 'The API key asks too often', status: 429, retryable: true },
  HL_FIELD_UNKNOWN: invalid('The request has a parameter or field that is not known'),
  HL_REQUEST: invalid('The request cannot be understood'),
  HL_LOG_UNAVAILABLE: unavailable('The event log cannot be reached'),
  HL_STORE_UNAVAILABLE: unavailable('The store cannot be reached'),
  HL_NOT_READY: unavailable('The service is starting or stopping'),
  HL_OVERLOADED: unavailable('More is being asked than can be answered in time'),
  HL_INTERNAL: { title: 'Halflife failed', status: 500, retryable: true },
  HL_POSITION_MOVED: { title: 'Another tracker has moved this partition on', retryable: true },
  HL_STORE_CONTRACT: local('The store was written under another contract'),
  HL_STORE_SWITCHED: {
    title: 'The store was rebuilt, and another generation of it is live',
    retryable: true,
  },
  HL_STORE_REBUILDING: { title: 'The store is being rebuilt under this contract', retryable: true },
  HL_STORE_CORRUPT: local('A stored record cannot be read'),
  HL_STORE_EVICTS: local('Redis drops keys when its memory is full'),
  HL_SETTING: local('A setting is missing or wrong'),
  HL_CONFIG: local('The file of scenarios cannot be used'),
  HL_KEY_FILE: local('The file of API keys cannot be used'),
  HL_MODEL_UNAVAILABLE: local('The embedding model cannot be had'),
  HL_MODEL_HASH: local('A downloaded file is not the one expected'),
  HL_IMPORT: local('The import cannot go on'),
  HL_DATA: local('The history to learn from cannot be used'),
  HL_MODEL_UNKNOWN: local('There is no such learned model'),
  HL_MODEL_WORSE: local('The new model ranks worse than the one that serves'),
  HL_DEAD_LETTER: local('There is no such dead letter, or it cannot be put back'),
  HL_BACKUP: local('The backup cannot be made or used'),
  HL_TRACKER_AWAY: local('No tracker takes in what is in the log'),
} as const satisfies Record<string, ErrorCodeFacts>

export type ErrorCode = keyof typeof errorCodes

export function factsOf(code: ErrorCode): ErrorCodeFacts {
  return errorCodes[code]
}
