import { describe, expect, it, onTestFinished } from 'vitest'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

describe('halflife top', () => {
  it('prints one picture of what runs, and names what does not answer', async () => {
    const settings = settingsAt(await embeddedPlace(onTestFinished))
    const halflife = await runServices(['collector', 'tracker', 'scorer'], settings, onTestFinished)
    const items = [
      { itemId: 'a', title: 'A Quiet Orbit' },
      { itemId: 'b', title: 'Bread' },
    ]
    await halflife.send('POST', '/v1/items', items)
    const inCatalog = async () => (await halflife.get('/v1/items/a/similar')).status
    await expect.poll(inCatalog, { timeout: 10_000 }).toBe(200)
    await halflife.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'a' })
    const trends = async () => (await halflife.get('/v1/trending')).text
    await expect.poll(trends, { timeout: 10_000 }).toContain('A Quiet Orbit')
    const known = async () => (await halflife.get('/v1/users/ann/interests')).text
    await expect.poll(known, { timeout: 10_000 }).toContain('A Quiet Orbit')
    const pictureOf = async (...args: string[]) => {
      const urls = ['--url', halflife.url, 'http://127.0.0.1:1']
      const command = halflifeCommand(['top', '--once', '--every', '1', ...urls, ...args], {}, onTestFinished)
      expect(await command.ended).toBe(0)
      return command.output().stdout
    }
    const picture = await pictureOf()
    expect(picture).toMatch(/collector-tracker-scorer +│ http:\/\/127\.0\.0\.1:\d+ +│ ready/)
    expect(picture).toMatch(/http:\/\/127\.0\.0\.1:1 +│ does not answer/)
    expect(picture).toMatch(/lag +│ 0 records, 0 ms/)
    expect(picture).toMatch(/freshness +│ half ≤ /)
    expect(picture).toMatch(/items +│ 2 /)
    expect(picture).toMatch(/A Quiet Orbit +│ \d/)
    expect(await pictureOf('--user', 'ann')).toMatch(/interests of ann [^A]+A Quiet Orbit +│ 100 %/)
  })
})
