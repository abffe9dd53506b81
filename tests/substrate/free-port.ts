import { randomInt } from 'node:crypto'
import getPort, { portNumbers } from 'get-port'

const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/** A port on the loopback address that nobody listens on.
 *
 *  It lies below the range that the system takes for outgoing connections: a client that keeps calling a stopped
 *  server on a port of that range can be handed this very port as its own, and be connected to itself. The place to
 *  begin is random so that two test runs on one machine do not choose the same. */
export function freePort(): Promise<number> {
  return freePortFrom(FIRST_PORT + randomInt(LAST_PORT - FIRST_PORT))
}

/** The first free port at or after `port`. */
export function freePortFrom(port: number): Promise<number> {
  return getPort({ host: '127.0.0.1', port: portNumbers(port, port + 500) })
}
