import { answer, type StoreRedis, serversOf } from './redis-connection.ts'

const KEYS_AT_ONCE = 500

/** All keys that begin with `prefix` and a colon, on every server; one that is moved about meanwhile may come twice. */
export async function* keysUnder(redis: StoreRedis, prefix: string): AsyncGenerator<string[]> {
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}:*`
  for (const server of serversOf(redis)) {
    let cursor = '0'
    do {
      const [next, keys] = await answer(server.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_AT_ONCE))
      yield keys
      cursor = next
    } while (cursor !== '0')
  }
}
