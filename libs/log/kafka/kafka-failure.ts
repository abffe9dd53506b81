import { isCertificateRefusal } from '../../errors/certificate-refusal.ts'
import { HalflifeError, messageOf } from '../../errors/halflife-error.ts'

/** The facts of a kafkajs error that decide what to do about it. kafkajs wraps: the broker's answer is a cause. */
interface KafkaFacts extends Error {
  /** The broker's error, such as UNKNOWN_TOPIC_OR_PARTITION. */
  readonly type?: string
  readonly retriable?: boolean
}

function* causesOf(error: unknown): Generator<KafkaFacts> {
  let cause = error
  for (let depth = 0; depth < 8 && cause instanceof Error; depth++) {
    yield cause
    cause = cause.cause
  }
}

export function brokerSaid(error: unknown, type: string): boolean {
  return [...causesOf(error)].some((cause) => cause.type === type)
}

/** No further try can cure it: the innermost cause says so, the wrapping says it of every error it gives up on. */
export function isFinalFailure(error: unknown): boolean {
  return [...causesOf(error)].at(-1)?.retriable === false
}

/** What stands in the way for good, until somebody corrects a setting. */
function refusalIn(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    const { name, message } = cause
    if (name === 'KafkaJSSASLAuthenticationError') {
      return `Kafka lets this client not in (${message}). Correct KAFKA_SASL, KAFKA_USERNAME and KAFKA_PASSWORD.`
    }
    if (isCertificateRefusal(cause)) {
      return `the certificate of Kafka is not accepted (${message}). Correct KAFKA_CA_FILE, or the brokers' names.`
    }
  }
  return undefined
}

/** @returns HL_BODY_TOO_LARGE for a record that the broker will not take, HL_SETTING for a password or certificate that is
 *  refused, else HL_LOG_UNAVAILABLE, with the cause */
export function kafkaFailure(error: unknown, doing: string): HalflifeError {
  if (error instanceof HalflifeError) return error
  if (brokerSaid(error, 'MESSAGE_TOO_LARGE')) {
    return new HalflifeError(
      'HL_BODY_TOO_LARGE',
      `Kafka refused ${doing}: a record is larger than the topic's max.message.bytes. Make it smaller or raise that.`,
      { cause: error },
    )
  }
  const refusal = refusalIn(error)
  if (refusal !== undefined) return new HalflifeError('HL_SETTING', refusal, { cause: error })
  return new HalflifeError(
    'HL_LOG_UNAVAILABLE',
    `Kafka failed at ${doing}: ${messageOf(error)}. Check that the brokers answer and the topic exists.`,
    { cause: error },
  )
}
