/** Where Redis is, as REDIS_URL says it:
 *
 *      redis://[user:password@]host:port[/db]                          one server
 *      redis+cluster://[user:password@]host:port[,host:port …]         a cluster; any of its nodes leads to the others
 *
 *  `rediss:` and `rediss+cluster:` for TLS. User and password are percent-encoded. */
export interface RedisAddress {
  readonly isCluster: boolean
  readonly tls: boolean
  /** One for a single server. */
  readonly nodes: readonly RedisNode[]
  readonly username: string | undefined
  readonly password: string | undefined
}

export interface RedisNode {
  readonly host: string
  readonly port: number
}

const DEFAULT_PORT = 6379

/** undefined for what is of no such form. */
export function redisAddress(url: string): RedisAddress | undefined {
  const [, secure, cluster, credentials = '', places, database = '/'] =
    /^redis(s?)(\+cluster)?:\/\/([^/]*@)?([^/@?]*)(\/\d*)?(\?.*)?$/.exec(url) ?? []
  if (places === undefined) return undefined
  // One server is one place; and a cluster has one database, 0.
  if (cluster === undefined ? places.includes(',') : !/^\/0?$/.test(database)) return undefined
  const urls = places.split(',').map((place) => `redis://${credentials}${place}`)
  if (!urls.every((each) => URL.canParse(each))) return undefined
  const parsed = urls.map((each) => new URL(each))
  const [{ username, password }] = parsed as [URL, ...URL[]]
  return {
    isCluster: cluster !== undefined,
    tls: secure === 's',
    nodes: parsed.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || DEFAULT_PORT),
    })),
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
  }
}

/** host:port of each node, without user and password. */
export function placesOf({ nodes }: RedisAddress): string {
  return nodes.map(({ host, port }) => `${host}:${port}`).join(',')
}
