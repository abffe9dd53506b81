import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { quantile } from './figure.ts'
import { randomOf } from './workload.ts'

export const CONNECTIONS = 16

/** Sends requests one after the other on each of 16 connections, as fast as they are answered. Returns answers a second.
 *  @throws when one of them fails */
export async function fullLoad(
  url: string,
  seconds: number,
  next: () => Partial<autocannon.Request>,
): Promise<number> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [{ setupRequest: (request) => ({ ...request, ...next() }) as autocannon.Request }],
  })
  const failed = result.non2xx + result.errors
  if (failed > 0) throw new Error(`${url} failed ${failed} of ${result.requests.total} requests`)
  return result.requests.average
}

/** ms */
export interface Delays {
  readonly p50: number
  readonly p99: number
}

/** Sends requests at random moments, as many strangers do (Poisson), on up to 16 connections; a request that finds them all
 *  taken waits, and that counts. @throws when one of them fails */
export async function steadyLoad(
  url: string,
  seconds: number,
  path: () => string,
  perSecond: number,
): Promise<Delays> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const random = randomOf(29)
  const asked: Promise<number>[] = []
  const beganMs = performance.now()
  for (let dueMs = 0; dueMs < seconds * 1_000; dueMs += (-Math.log(1 - random()) / perSecond) * 1_000) {
    const earlyMs = dueMs - (performance.now() - beganMs)
    if (earlyMs >= 1) await sleep(earlyMs)
    asked.push(delayOf(url + path(), agent))
  }
  const delays = await Promise.all(asked)
  agent.destroy()
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) }
}

function delayOf(url: string, agent: Agent): Promise<number> {
  const beganMs = performance.now()
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - beganMs)
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    request.once('error', reject)
  })
}

/** Requests for the recommendations of one user after another. */
export function pagesOf(users: number): () => Partial<autocannon.Request> {
  const path = askingFor(users)
  return () => ({ path: path() })
}

/** Their paths. */
export function askingFor(users: number): () => string {
  let user = 0
  return () => `/v1/users/user-${user++ % users}/recommendations`
}
