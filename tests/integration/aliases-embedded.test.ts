import { aliasesContract } from './aliases.contract.ts'
import { embeddedPlace } from './running-halflife.ts'

aliasesContract('embedded', embeddedPlace)
