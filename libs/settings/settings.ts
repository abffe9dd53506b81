import { z } from 'zod'
import { HalflifeError } from '../errors/halflife-error.ts'
import { defaultEventWeights } from '../event/event-type.ts'
import { TEXT_SPACE } from '../event/item-vectors.ts'
import { defaultBounds } from '../interest/user-state.ts'
import { defaultScoreWeights } from '../ranking/taste.ts'
import { bearerKey, fetchAddress, webAddress } from './endpoint.ts'
import { assignments, brokerList, flag, integer, names, redisUrl } from './setting-types.ts'

/** Every setting of Halflife: an environment variable, its default, and how to write it. The README's table is
 *  compared with this by a test. An empty variable counts as absent. */
export const settingsSchema = z.object({
  KAFKA_BROKERS: brokerList.optional().meta({
    description: 'Kafka brokers; without them the log is embedded in DATA_DIR',
    example: 'kafka-1:9092,kafka-2:9092',
  }),
  KAFKA_TLS: flag.default(false).meta({ description: 'encrypt the connection to Kafka', example: 'true' }),
  KAFKA_CA_FILE: z.string().optional().meta({
    description: "PEM file of the authority that signed Kafka's certificates, if it is your own",
    example: '/etc/halflife/kafka-ca.pem',
  }),
  KAFKA_CERT_FILE: z.string().optional().meta({
    description: 'PEM file of the certificate that Kafka is to know this client by',
    example: '/etc/halflife/client.pem',
  }),
  KAFKA_KEY_FILE: z.string().optional().meta({
    description: "PEM file of that certificate's key",
    example: '/etc/halflife/client-key.pem',
  }),
  KAFKA_SASL: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .meta({ description: 'how Kafka asks for user and password', example: 'scram-sha-512' }),
  KAFKA_USERNAME: z.string().optional().meta({ description: 'user to be on Kafka', example: 'halflife' }),
  KAFKA_PASSWORD: z
    .string()
    .optional()
    .meta({ description: 'password of that user', example: '…', secret: true }),
  KAFKA_SESSION_TIMEOUT: integer(1, 300).default(10).meta({
    description: 'a tracker that is silent for so long loses its partitions, seconds',
    example: '10',
  }),
  REDIS_CA_FILE: z.string().optional().meta({
    description:
      'PEM file of the authority that signed the certificate of a rediss:// server, if it is your own',
    example: '/etc/halflife/redis-ca.pem',
  }),
  REDIS_EVICTION: z.enum(['refuse', 'tolerate']).default('refuse').meta({
    description: 'what to do about a Redis that drops keys when its memory is full',
    example: 'tolerate',
  }),
  REDIS_URL: redisUrl.optional().meta({
    description:
      'Redis, or a cluster as redis+cluster://a:6379,b:6379; without it the store is embedded in DATA_DIR',
    example: 'redis://localhost:6379/0',
    secret: true,
  }),
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'address to listen on; 0.0.0.0 for all', example: '0.0.0.0' }),
  PORT: integer(0, 65_535)
    .default(8080)
    .meta({ description: 'port to listen on; 0 for any free one', example: '8080' }),
  API_KEYS_FILE: z.string().optional().meta({
    description: 'file of API keys, as `halflife keys` writes it; without it no key is asked for',
    example: './api-keys.json',
  }),
  ALLOW_ANONYMOUS: flag.default(false).meta({
    description: 'listen beyond this machine although no key is asked for',
    example: 'true',
  }),
  DATA_DIR: z
    .string()
    .default('./data')
    .meta({ description: 'folder of the embedded log and store', example: './data' }),
  HALFLIFE_CACHE: z
    .string()
    .default('./.cache/halflife')
    .meta({ description: 'folder for the model and fetched data sets', example: './.cache/halflife' }),
  MODEL_DIR: z
    .string()
    .optional()
    .meta({ description: 'folder that already holds the converted model', example: '/opt/halflife/model' }),
  EMBEDDER: z.enum(['auto', 'transformer', 'lexical']).default('auto').meta({
    description:
      'auto takes the Transformer, or the lexical embedder with a warning where no model can be had',
    example: 'auto',
  }),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores')
    .default('halflife')
    .meta({ description: 'first part of every topic and consumer group', example: 'halflife' }),
  KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores')
    .default('halflife')
    .meta({ description: 'first part of every Redis key', example: 'halflife' }),
  TOPIC_PARTITIONS: integer(1, 10_000)
    .default(12)
    .meta({ description: 'partitions of topics that Halflife creates', example: '12' }),
  TOPIC_REPLICATION: integer(-1, 100).default(-1).meta({
    description: "replicas of topics that Halflife creates; -1 for the broker's default",
    example: '3',
  }),
  // The clock has no less than a thousandth, and Redis must be able to count to when it drops a user.
  TIMESCALES: assignments(z.number().min(0.001).max(1e11))
    .default({ session: 1_800, recent: 86_400, lasting: 2_592_000 })
    .meta({
      description: 'half-life of each timescale, seconds',
      example: 'session=1800,recent=86400,lasting=2592000',
    }),
  TIMESCALE_WEIGHTS: assignments(z.number()).default(defaultScoreWeights.timescales).meta({
    description: 'what each timescale counts in a score',
    example: 'session=0.5,recent=0.3,lasting=0.2',
  }),
  VECTOR_SPACES: assignments(z.number().int().min(1).max(8_192))
    .refine((spaces) => !(TEXT_SPACE in spaces), `${TEXT_SPACE} is always there, and its vectors are our own`)
    .default({})
    .meta({
      description: 'spaces beside text whose vectors come with the items, and their dimensions',
      example: 'image=512',
    }),
  USER_VECTORS: z.enum(['float32', 'float16']).default('float32').meta({
    description:
      'how vectors of users are stored; float16 takes half the memory and is too coarse for users of over 20 events a day',
    example: 'float16',
  }),
  RECALLED_TIMESCALES: names.default([]).meta({
    description:
      'timescales whose vectors are not stored but added up from the remembered events when they are read, separated by commas',
    example: 'session',
  }),
  SPACE_WEIGHTS: assignments(z.number())
    .default({})
    .meta({ description: 'what each space counts in a score; 1 if not named', example: 'text=1,image=0.5' }),
  EVENT_WEIGHTS: assignments(z.number().min(-1_000).max(1_000))
    .default({})
    .transform((own) => ({ ...defaultEventWeights, ...own }))
    .meta({
      description: 'weights of event types, added to the built-in ones or instead of them',
      example: 'share=3,view=0.5',
    }),
  TRENDING_HALF_LIFE: z.coerce
    .number()
    .positive()
    .default(86_400)
    .meta({ description: 'half-life of trending, seconds', example: '86400' }),
  TRENDING_BY: names.default(['country', 'device']).meta({
    description: "attributes of an event's context by which trending is counted too, each one apart",
    example: 'country,device',
  }),
  RECENT_USERS: integer(0, 100_000)
    .default(500)
    .meta({
      description:
        'users active last that each partition of events lists: neighbours, items that go together and segments are read ' +
        'from these; a scorer takes some 16 KB of memory for each',
      example: '500',
    }),
  SEGMENT_BY: names.default(['country', 'ageBand']).meta({
    description: 'attributes of users by which somebody new is taken to want what others like them want',
    example: 'country,ageBand',
  }),
  ATTRIBUTION_WINDOW: integer(1, 2_592_000).default(86_400).meta({
    description: 'a click or purchase counts for a page shown at most so long before it, seconds',
    example: '86400',
  }),
  REMEMBERED_EVENTS: integer(1, 1_000).default(defaultBounds.remembered).meta({
    description: 'newest events kept with each user, which is also the window for repeated eventIds',
    example: '50',
  }),
  WAITING_EVENTS: integer(1, 1_000)
    .default(defaultBounds.waiting)
    .meta({ description: 'events of unknown items kept with each user', example: '50' }),
  SEEN_ITEMS: integer(1, 100_000).default(defaultBounds.seen).meta({
    description: 'items kept with each user as already dealt with, when last and how often',
    example: '2000',
  }),
  RETRIEVAL: z.enum(['memory', 'redis']).default('memory').meta({
    description:
      'where items near to an interest are searched: in an index of each scorer, or in one that Redis 8 or later keeps',
    example: 'redis',
  }),
  CONFIG_FILE: z.string().optional().meta({
    description:
      'file of scenarios and of how models are learned; ./halflife.config.json where there is one, else what is shipped',
    example: './halflife.config.json',
  }),
  REQUESTS_IN_HAND: integer(1, 100_000).default(200).meta({
    description: 'ranking requests that a scorer works on at a time; more are refused with 503',
    example: '200',
  }),
  ANSWER_WITHIN: z.coerce.number().positive().default(1).meta({
    description: 'a ranking request that has waited so long is refused with 503, seconds',
    example: '0.5',
  }),
  STREAMS: integer(0, 100_000).default(1_000).meta({
    description: 'streams of rankings that a scorer keeps open at a time; more are refused with 503',
    example: '1000',
  }),
  LLM_URL: fetchAddress.optional().meta({
    description: 'chat endpoint of a language model, as OpenAI made it, without /chat/completions',
    example: 'http://localhost:11434/v1',
    secret: true,
  }),
  LLM_MODEL: z.string().optional().meta({ description: 'model to ask there', example: 'qwen3:8b' }),
  LLM_KEY: bearerKey
    .optional()
    .meta({ description: 'key to ask it with, if it wants one', example: 'sk-0123', secret: true }),
  LLM_WITHIN: z.coerce.number().positive().max(60).default(2).meta({
    description: 'a language model that has not answered by then is done without, seconds',
    example: '2',
  }),
  LLM_PER_MINUTE: integer(1, 1_000_000).default(60).meta({
    description: 'questions to the language model that a scorer may ask in a minute',
    example: '60',
  }),
  MAX_BODY_BYTES: integer(1_024, 100_000_000)
    .default(4_194_304)
    .meta({ description: 'largest request body', example: '4194304' }),
  MAX_CONNECTIONS: integer(1, 1_000_000)
    .default(2_000)
    .meta({ description: 'connections to one process; more are refused with 503', example: '2000' }),
  REQUEST_WITHIN: z.coerce.number().positive().default(30).meta({
    description: 'a request that has not arrived whole by then is refused with 408, seconds',
    example: '30',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress.optional().meta({
    description: 'where spans are exported to by OTLP over HTTP; without it none are made',
    example: 'http://localhost:4318',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: webAddress.optional().meta({
    description: 'the same, with the path of its own instead of /v1/traces',
    example: 'http://localhost:4318/v1/traces',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'least severe log lines written', example: 'info' }),
})

export type Settings = z.infer<typeof settingsSchema>
export type SettingName = keyof Settings

export const settingNames = Object.keys(settingsSchema.shape) as SettingName[]

/** What the README's table says of a setting. */
export function settingFacts(name: SettingName): SettingFacts {
  const facts = z.globalRegistry.get(settingsSchema.shape[name])!
  return { description: facts.description!, example: String(facts.example), secret: facts.secret === true }
}

interface SettingFacts {
  readonly description: string
  readonly example: string
  /** The value may hold a password and is never shown. */
  readonly secret: boolean
}

/** Reads the environment. `required`: settings that the process at hand cannot do without.
 *  @throws HL_SETTING with the variable's name, the value's problem and an example */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  required: readonly SettingName[] = [],
): Settings {
  const given = settingNames.filter((name) => (environment[name] ?? '') !== '')
  for (const name of required) if (!given.includes(name)) throw settingError(name, 'is not set')
  const parsed = settingsSchema.safeParse(Object.fromEntries(given.map((name) => [name, environment[name]])))
  if (parsed.success) {
    requireTimescales(parsed.data)
    return parsed.data
  }
  const [issue] = parsed.error.issues
  const name = issue!.path[0] as SettingName
  const shown = settingFacts(name).secret ? 'wrong' : JSON.stringify(environment[name])
  throw settingError(name, `is ${shown}: ${issue!.message}`)
}

function requireTimescales({ TIMESCALES, TIMESCALE_WEIGHTS, RECALLED_TIMESCALES }: Settings): void {
  const names = Object.keys(TIMESCALES)
  const unknown = RECALLED_TIMESCALES.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw settingError('RECALLED_TIMESCALES', `names ${unknown}, and TIMESCALES has ${names.join(', ')} only`)
  }
  // Nobody would be interested in anything.
  if (names.every((name) => (TIMESCALE_WEIGHTS[name] ?? 0) === 0)) {
    throw settingError(
      'TIMESCALE_WEIGHTS',
      `gives no weight to any of ${names.join(', ')}, which TIMESCALES has`,
    )
  }
}

function settingError(name: SettingName, problem: string): HalflifeError {
  const { example } = settingFacts(name)
  return new HalflifeError('HL_SETTING', `${name} ${problem}; for example ${name}=${example}`)
}
