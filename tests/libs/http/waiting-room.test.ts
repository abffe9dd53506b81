import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { type HttpServiceOptions, httpService } from '../../../libs/http/http-service.ts'
import { waitingRoom } from '../../../libs/http/waiting-room.ts'

const say = { answered() {}, failed() {} }
const telemetry = { registry: new Registry() } as HttpServiceOptions['telemetry']
const health = {} as HttpServiceOptions['health']
const [json, ndjson] = [{ 'content-type': 'application/json' }, { 'content-type': 'application/x-ndjson' }]

it.each([
  ['a parameter', { method: 'GET', url: '/v1/users/ann/recommendations?limit=3' }],
  [
    'a content type that only the service reads',
    { method: 'POST', url: '/v1/events', headers: ndjson, payload: '{}\n{}' },
  ],
  ['a body that nobody can read', { method: 'POST', url: '/v1/rank', headers: json, payload: '{' }],
  [
    'a body larger than may be',
    { method: 'POST', url: '/v1/events', headers: json, payload: `"${'x'.repeat(2_000)}"` },
  ],
] as const)('a waiting room says to %s that the service is not ready, and nothing else', async (_, asked) => {
  const app = await httpService({ title: 'Some interface', telemetry, say, health, maxBodyBytes: 1_000 })
  await app.register(waitingRoom)
  const answer = await app.inject(asked)
  expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
    503,
    'HL_NOT_READY',
    expect.any(String),
  ])
})
