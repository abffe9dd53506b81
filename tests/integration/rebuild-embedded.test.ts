import { rebuildContract } from './rebuild.contract.ts'
import { rebuildFromExportContract } from './rebuild-from-export.contract.ts'
import { embeddedPlace } from './running-halflife.ts'

rebuildContract('embedded', embeddedPlace)
rebuildFromExportContract('embedded', embeddedPlace)
