import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { startProcess } from '../../services/process/start-process.ts'
import { halflifeCommand } from './halflife-command.ts'
import type { HttpClient } from './http-client.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'
import { opened } from './whole-log-replay.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const OLD = { EMBEDDER: 'lexical' }
const NEW = { EMBEDDER: 'transformer' }

/** All that is held of a user but the moment of asking. */
async function heldOf(userId: string, { get }: HttpClient): Promise<Record<string, unknown>> {
  const { exportedAt: _, ...held } = (await get(`/v1/users/${userId}/export`)).body
  return held
}

const clicksOf = async (userId: string, from: HttpClient) =>
  ((await heldOf(userId, from)).remembered as unknown[] | undefined)?.length ?? 0

it('goes from one model to another and back: refused beside the old one, built beside it, never mixed', async () => {
  const place = serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
  const failed = vi.fn()
  const start = (model: Readonly<Record<string, string>>) =>
    runServices(['collector', 'tracker', 'scorer'], settingsAt(place, model), onTestFinished)
  const rebuild = (model: Readonly<Record<string, string>>) =>
    halflifeCommand(
      ['rebuild', '--keep', '5'],
      { LOG_LEVEL: 'error', ...place.environment, ...model },
      onTestFinished,
    )
  const click = (to: HttpClient, itemId: string) =>
    to.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId })
  /** The model whose vectors are live. */
  const modelOf = async (model: Readonly<Record<string, string>>) => {
    const { contract, closing } = await opened(settingsAt(place, model), onTestFinished)
    await closing.closeAll()
    return contract.shape.spaces[0]!.model
  }

  const oldProcess = await startProcess({
    ...{ roles: ['tracker'], service: 'tracker', settings: settingsAt(place, OLD), onProgress: () => {} },
    onFailed: failed,
  })
  onTestFinished(() => oldProcess.closing.closeAll())
  const old = await start(OLD)
  const titles = ['A slow crime novel', 'A crime novel in the snow', 'A field guide to mushrooms']
  await old.send(
    'POST',
    '/v1/items',
    titles.map((title, n) => ({ itemId: `item-${n}`, title })),
  )
  await vi.waitFor(async () => expect((await old.get('/v1/items/item-2/similar')).status).toBe(200), PATIENCE)
  await click(old, 'item-0')
  await vi.waitFor(async () => expect(await clicksOf('ann', old)).toBe(1), PATIENCE)

  // Beside the old one: refused, and nothing has changed.
  const before = await heldOf('ann', old)
  await expect(start(NEW)).rejects.toMatchObject({ code: 'HL_STORE_CONTRACT' })
  expect(await heldOf('ann', old)).toEqual(before)
  await click(old, 'item-1')
  await vi.waitFor(async () => expect(await clicksOf('ann', old)).toBe(2), PATIENCE)
  expect(await modelOf(OLD)).toMatch(/^lexical/)

  // Built beside it: whoever is started with the new model waits, and serves what the whole log comes to.
  const forward = rebuild(NEW)
  await forward.printed(/Rebuilding users/)
  const next = await start(NEW)
  expect(await forward.ended).toBe(0)
  expect(await clicksOf('ann', next)).toBe(2)
  expect(await modelOf(NEW)).not.toMatch(/^lexical/)
  await vi.waitFor(() => expect(failed.mock.calls).toMatchObject([[{ code: 'HL_STORE_CONTRACT' }]]), PATIENCE)
  await expect(start(OLD)).rejects.toMatchObject({ code: 'HL_STORE_CONTRACT' })
  await click(next, 'item-2')
  await vi.waitFor(async () => expect(await clicksOf('ann', next)).toBe(3), PATIENCE)

  // And back, by the same step: what came in under the new model counts.
  const back = rebuild(OLD)
  await back.printed(/Rebuilding users/)
  const again = await start(OLD)
  expect(await back.ended).toBe(0)
  expect(await clicksOf('ann', again)).toBe(3)
  expect(await modelOf(OLD)).toMatch(/^lexical/)
  await expect(start(NEW)).rejects.toMatchObject({ code: 'HL_STORE_CONTRACT' })
}, 180_000)
