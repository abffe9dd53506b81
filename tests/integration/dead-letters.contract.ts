import { describe, expect, it, onTestFinished } from 'vitest'
import { halflifeCommand } from './halflife-command.ts'
import { type Place, runServices, settingsAt, type WhenOver } from './running-halflife.ts'
import { opened } from './whole-log-replay.ts'

const PATIENCE = { timeout: 20_000, interval: 100 }
const roles = ['collector', 'tracker', 'scorer'] as const

/** What cannot be understood can be seen, and put back after a fix, on whatever it runs. */
export function deadLettersContract(name: string, newPlace: (whenOver: WhenOver) => Promise<Place>): void {
  describe(`halflife dead-letters, ${name}`, () => {
    it('lists, shows and puts back what could not be understood; after a fix each counts once', async () => {
      const place = await newPlace(onTestFinished)
      const settings = settingsAt(place)
      const halflife = async (...args: string[]) => {
        const environment = { ...place.environment, LOG_LEVEL: 'error' }
        const command = halflifeCommand(['dead-letters', ...args], environment, onTestFinished)
        const code = await command.ended
        return { code, ...command.output() }
      }
      const running = await runServices(roles, settings, onTestFinished)
      expect((await halflife('list')).stdout).toBe('There are no dead letters.\n')

      // An event type that is not configured yet, bytes that are no JSON, and an item that was sent right later.
      const { log, topics } = await opened(settings, onTestFinished)
      const share = { type: 'share', userId: 'ann', itemId: 'space-1', occurredAt: '2026-01-01T00:00:00Z' }
      await log.append(topics.events, [
        { key: 'ann', value: Buffer.from(JSON.stringify(share)), headers: { trace: 'abc' } },
        { key: 'ann', value: Buffer.from([0xff, 0x00]) },
      ])
      await log.append(topics.items, [{ key: 'space-1', value: Buffer.from('{"itemId":"space-1"}') }])
      await expect
        .poll(async () => (await halflife('list')).stdout.trim().split('\n').length, PATIENCE)
        .toBe(4)
      await running.send('PUT', '/v1/items/space-1', { title: 'space' })
      const { stdout: list } = await halflife('list')
      expect(list).toMatch(/^key +code +time +reason\n/)
      const keyOf = (code: string) => new RegExp(`^(\\S+) +${code} `, 'm').exec(list)![1]!
      expect((await halflife('list', '--limit', '1')).stdout.trim().split('\n')).toHaveLength(2)

      const shown = (await halflife('show', keyOf('HL_EVENT_TYPE'))).stdout
      expect(shown).toContain('halflife-reason: event type "share" is not one of')
      expect(shown).toContain('halflife-header-trace: abc\n')
      expect(shown).toContain(JSON.stringify(share))
      expect((await halflife('show', keyOf('HL_BODY_ENCODING'))).stdout).toContain('in hexadecimal:\nff00\n')
      expect(await halflife('replay', 'nothing/0/0')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('HL_DEAD_LETTER: there is no dead letter nothing/0/0'),
      })

      // The fix: the type is known from now on.
      await running.close()
      const fixed = settingsAt(place, { EVENT_WEIGHTS: 'share=3' })
      const mended = await runServices(roles, fixed, onTestFinished)
      expect((await halflife('replay', keyOf('HL_EVENT_TYPE'))).stdout).toBe('put back 1\n')
      expect((await halflife('replay', '--all')).stdout).toBe(
        'put back 2, left out 1 of which the log holds a newer record\n',
      )
      await mended.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'space-1' })
      const remembered = async () => {
        const { status, body } = await mended.get('/v1/users/ann/export')
        return status === 200
          ? (body.remembered as unknown as { type: string }[]).map(({ type }) => type)
          : []
      }
      // The click lies behind everything that was put back.
      await expect.poll(remembered, PATIENCE).toContain('click')
      expect(await remembered()).toEqual(['click', 'share'])
      const shared = { type: 'share', occurredAt: '2026-01-01T00:00:00.000Z', weight: 3 }
      expect((await mended.get('/v1/users/ann/export')).body).toMatchObject({ remembered: [{}, shared] })
      expect((await mended.get('/v1/items/space-1/similar')).status).toBe(200)
    })
  })
}
