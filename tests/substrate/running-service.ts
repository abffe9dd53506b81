/** A real server that tests or a developer may talk to. */
export interface RunningService {
  /** What a client is given: `host:port` for Kafka, a `redis:` URL for Redis. */
  readonly address: string
  /** How it was got, for people: "container redis:…", "redis-server on the PATH". */
  readonly how: string
  /** Ends what was started for it and removes what was stored; a server that was already there stays as it is. */
  stop(): Promise<void>
}

/** A server running as our own child process, which fault tests may crash and bring back at the same address. */
export interface NativeService extends RunningService {
  /** Undefined while it is down. */
  readonly pid: number | undefined
  /** Ends it for good: in good order when the data folder is the caller's, which stays; our own folder is removed. */
  stop(): Promise<void>
  /** Ends it as a crash does (SIGKILL). The data stay. */
  kill(): Promise<void>
  /** Brings it back on the same port and data. Nothing happens while it runs. */
  start(): Promise<void>
}

export interface NativeOptions {
  /** A free one when absent. */
  readonly port?: number
  /** Holds the data and outlives the service; a fresh temporary folder when absent. */
  readonly dir?: string
  /** More of the server's own settings, by the server's names; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>
}
