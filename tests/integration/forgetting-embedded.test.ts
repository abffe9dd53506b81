import { expect, it, onTestFinished } from 'vitest'
import { forgettingContract } from './forgetting.contract.ts'
import { halflifeCommand } from './halflife-command.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

forgettingContract('embedded', embeddedPlace)

it('halflife forget sees to it alone where no Halflife runs', async () => {
  const place = await embeddedPlace(onTestFinished)
  const environment = { ...place.environment, EMBEDDER: 'lexical', LOG_LEVEL: 'error' }
  const running = await runServices(['collector', 'tracker', 'scorer'], settingsAt(place), onTestFinished)
  await running.send('POST', '/v1/events', { type: 'click', userId: 'ann', itemId: 'never-1' })
  const statusOfAnn = async () => (await running.get('/v1/users/ann/export')).status
  await expect.poll(statusOfAnn, { timeout: 10_000 }).toBe(200)
  await running.close()
  const command = halflifeCommand(['forget', 'ann'], environment, onTestFinished)
  expect(await command.ended).toBe(0)
  const again = await runServices(['scorer'], settingsAt(place), onTestFinished)
  expect((await again.get('/v1/users/ann/export')).status).toBe(404)
})
