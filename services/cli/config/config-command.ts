import { Command } from 'commander'
import { defaultLearning } from '../../../libs/learning/learning-settings.ts'
import { configFile } from '../../../libs/scenario/config-file.ts'
import { readConfig, readLearning } from '../../../libs/scenario/follow-config.ts'
import { defaultConfig, writtenConfig } from '../../../libs/scenario/scenario-config.ts'
import { readSettings } from '../../../libs/settings/settings.ts'

export function configCommand(): Command {
  return new Command('config')
    .description('print the configuration that is in force: the one shipped, changed by the file')
    .option('--defaults', 'print those shipped')
    .addHelpText(
      'after',
      `
The file is CONFIG_FILE, or ./halflife.config.json where there is one. What is printed could stand in it. A running scorer
takes a changed file within a second; a broken one changes nothing there, and ends this command with what is wrong.

Example of a file:
  {"scenarios": {"home": {"diversity": {"lambda": 0.7}}, "sidebar": {"extends": "item-page", "limit": 4}}}`,
    )
    .action(async ({ defaults }: { defaults?: true }) => {
      const path = configFile(readSettings(process.env).CONFIG_FILE)
      const config = defaults ? defaultConfig() : await readConfig(path)
      const learning = defaults ? defaultLearning : await readLearning(path)
      process.stdout.write(`${JSON.stringify(writtenConfig(config, learning), undefined, 2)}\n`)
    })
}
