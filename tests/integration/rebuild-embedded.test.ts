import { rebuildContract } from './rebuild.contract.ts'
import { embeddedPlace } from './running-halflife.ts'

rebuildContract('embedded', embeddedPlace)
