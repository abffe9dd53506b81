import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { HalflifeError } from '../../errors/halflife-error.ts'
import type { KafkaConnection } from './kafka-client.ts'

/* Which release a broker is of is not to be asked, only what it speaks: ApiVersions (KIP-35), which is answered before
 * any log-in. Request v0: i32 size | i16 api 18 | i16 version 0 | i32 correlation | i16 n | client id.
 * Answer v0: i32 size | i32 correlation | i16 error | i32 n | n × ( i16 api | i16 lowest version | i16 highest ) */

const API_VERSIONS = 18
const FETCH = 1
const DESCRIBE_CLUSTER = 60
const HEADER_BYTES = 14
const ENTRY_BYTES = 6
const ANSWER_WITHIN_MS = 5_000
/** Far more than a broker has apis. */
const LONGEST_ANSWER_BYTES = 65_536

type Spoken = ReadonlyMap<number, { readonly lowest: number; readonly highest: number }>

/** The newest release of Kafka of which the first broker that answers is at least, as far as it matters here;
 *  undefined: older than 2.4. @throws HL_LOG_UNAVAILABLE */
export async function kafkaRelease({
  brokers,
  ssl,
  clientId,
}: KafkaConnection): Promise<'4.0' | '2.8' | '2.4' | undefined> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(brokers[0]!)!
  const place = { host: host!, port: Number(port) }
  const socket = ssl ? connectTls({ servername: place.host, ...ssl, ...place }) : connectPlain(place)
  socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error(`${brokers[0]} does not answer`)))
  try {
    await once(socket, ssl ? 'secureConnect' : 'connect')
    socket.write(request(clientId))
    return releaseOf(spokenIn(await wholeAnswer(socket)))
  } catch (cause) {
    const detail = `Kafka at ${brokers[0]} did not say which versions it speaks`
    throw new HalflifeError('HL_LOG_UNAVAILABLE', detail, { cause })
  } finally {
    socket.destroy()
  }
}

function request(clientId: string): Buffer {
  const id = Buffer.from(clientId)
  const head = Buffer.alloc(HEADER_BYTES)
  head.writeInt32BE(HEADER_BYTES - 4 + id.length)
  head.writeInt16BE(API_VERSIONS, 4)
  head.writeInt16BE(id.length, 12)
  return Buffer.concat([head, id])
}

async function wholeAnswer(socket: AsyncIterable<Buffer>): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length > LONGEST_ANSWER_BYTES) break
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE()) return bytes
  }
  throw new Error('the answer was cut short, or is none of Kafka’s')
}

function spokenIn(answer: Buffer): Spoken {
  const count = answer.readInt32BE(10)
  const entries = Array.from({ length: count }, (_, n) => HEADER_BYTES + n * ENTRY_BYTES)
  return new Map(
    entries.map((at) => [
      answer.readInt16BE(at),
      { lowest: answer.readInt16BE(at + 2), highest: answer.readInt16BE(at + 4) },
    ]),
  )
}

/** 4.0 dropped the versions of before 2.1 (KIP-896), 2.8 added DescribeCluster, 2.4 ApiVersions v3 (KIP-511). */
function releaseOf(spoken: Spoken) {
  if ((spoken.get(FETCH)?.lowest ?? 0) >= 4) return '4.0'
  if (spoken.has(DESCRIBE_CLUSTER)) return '2.8'
  return (spoken.get(API_VERSIONS)?.highest ?? 0) >= 3 ? '2.4' : undefined
}
