import { onTestFinished } from 'vitest'
import { backupContract } from './backup.contract.ts'
import { embeddedPlace } from './running-halflife.ts'

const newPlace = () => embeddedPlace(onTestFinished)
backupContract('embedded', newPlace, newPlace)
