import type { Command } from 'commander'
import { backupCommand } from './backup/backup-command.ts'
import { restoreCommand } from './backup/restore-command.ts'
import { configCommand } from './config/config-command.ts'
import { deadLettersCommand } from './dead-letters/dead-letters-command.ts'
import { doctorCommand } from './doctor/doctor-command.ts'
import { evaluateCommand } from './evaluate/evaluate-command.ts'
import { forgetCommand } from './forget/forget-command.ts'
import { importCommand } from './import/import-command.ts'
import { keysCommand } from './keys/keys-command.ts'
import { modelsCommand } from './models/models-command.ts'
import { rebuildCommand } from './rebuild/rebuild-command.ts'
import { topCommand } from './top/top-command.ts'
import { trafficCommand } from './traffic/traffic-command.ts'
import { trainCommand } from './train/train-command.ts'
import { tuneCommand } from './tune/tune-command.ts'
import { validateCommand } from './validate/validate-command.ts'

/** The commands that start no service, in the order in which `halflife --help` shows them. */
export function otherCommands(): Command[] {
  return [
    importCommand(),
    forgetCommand(),
    keysCommand(),
    configCommand(),
    deadLettersCommand(),
    rebuildCommand(),
    trafficCommand(),
    evaluateCommand(),
    validateCommand(),
    trainCommand(),
    tuneCommand(),
    modelsCommand(),
    doctorCommand(),
    topCommand(),
    backupCommand(),
    restoreCommand(),
  ]
}
