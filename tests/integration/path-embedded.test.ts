import { pathContract } from './path.contract.ts'
import { embeddedPlace, runServices, settingsAt } from './running-halflife.ts'

pathContract('embedded, in one process', async (whenOver) => {
  const settings = settingsAt(await embeddedPlace(whenOver))
  const halflife = await runServices(['collector', 'tracker', 'scorer'], settings, whenOver)
  return { collector: halflife, scorer: halflife }
})
