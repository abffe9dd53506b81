import { Command } from 'commander'
import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import { readSettings } from '../../../libs/settings/settings.ts'
import type { ModelStore } from '../../../libs/store/model-store.ts'
import { briefProcess } from '../../process/brief-process.ts'
import { openEmbedding, openStore } from '../../process/substrate.ts'
import { modelTable } from './model-table.ts'

export function modelsCommand(): Command {
  return new Command('models')
    .description('models learned by halflife train: which there are, and which serves')
    .addCommand(listCommand())
    .addCommand(promoteCommand())
    .addCommand(rollbackCommand())
}

function listCommand(): Command {
  return new Command('list').description('every model, newest first').action(async () => {
    await withModels(async (store) => {
      const [models, promoted] = await Promise.all([store.readModels(), store.readPromotions()])
      process.stdout.write(models.length === 0 ? 'There are no models.\n' : modelTable(models, promoted))
    })
  })
}

function promoteCommand(): Command {
  return new Command('promote')
    .description('let a model serve: scorers take it up within a second')
    .argument('<id>', 'from the list')
    .action(async (id: string) => {
      await withModels(async (store) => {
        const models = await store.readModels()
        if (!models.some((model) => model.id === id)) throw unknownModel(id)
        await store.promoteModel(id)
      })
      process.stdout.write(`${id} serves\n`)
    })
}

function rollbackCommand(): Command {
  return new Command('rollback')
    .description('go back to the model that served before, or to none')
    .action(async () => {
      const now = await withModels(async (store) => {
        const [live] = await store.readPromotions()
        if (live === undefined)
          throw new HalflifeError('HL_MODEL_UNKNOWN', 'no model serves: nothing to go back from')
        await store.demoteModel(live)
        return (await store.readPromotions())[0]
      })
      process.stdout.write(now === undefined ? 'no model serves\n' : `${now} serves\n`)
    })
}

function unknownModel(id: string): HalflifeError {
  return new HalflifeError('HL_MODEL_UNKNOWN', `there is no model ${id}; take one from halflife models list`)
}

function withModels<T>(work: (store: ModelStore) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env)
  return briefProcess('models', settings, async ({ ground, telemetry }) => {
    const { store } = await openStore(ground, await openEmbedding(ground, telemetry))
    return work(store)
  })
}
