import { outcomesContract } from './outcomes.contract.ts'
import { embeddedPlace } from './running-halflife.ts'

outcomesContract('embedded', embeddedPlace, true)
