import { deadLettersContract } from './dead-letters.contract.ts'
import { embeddedPlace } from './running-halflife.ts'

deadLettersContract('embedded', embeddedPlace)
