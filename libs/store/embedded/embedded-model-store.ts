import { decodeModelRecord, encodeModelRecord, joinParts, partCount, partsOf } from '../model-codec.ts'
import type { ModelRecord, ModelStore } from '../model-store.ts'
import type { EmbeddedTables } from './embedded-tables.ts'

const PROMOTIONS = Buffer.from('promotions')
const FOR_EVER = Number.POSITIVE_INFINITY

export function embeddedModelStore({ models, modelParts, about, read, write }: EmbeddedTables): ModelStore {
  const partKey = (id: string, part: number): Buffer => Buffer.from(`${id}/${part}`)
  const recordOf = (id: string): ModelRecord | undefined => {
    const json = models.get(Buffer.from(id))
    return json && decodeModelRecord(id, json.toString())
  }
  const promotions = (): string[] => JSON.parse(about.get(PROMOTIONS)?.toString() ?? '[]')
  const putPromotions = (ids: readonly string[]): void => {
    about.put(PROMOTIONS, Buffer.from(JSON.stringify(ids)), FOR_EVER)
  }

  return {
    async readModels() {
      return read(() =>
        Array.from(models.entries(), ({ key, value }) => decodeModelRecord(key.toString(), value.toString())),
      )
    },
    async writeModel(model, bytes) {
      await write(() => {
        for (const [part, piece] of partsOf(bytes).entries()) {
          modelParts.put(partKey(model.id, part), piece, FOR_EVER)
        }
        models.put(Buffer.from(model.id), Buffer.from(encodeModelRecord(model)), FOR_EVER)
      })
    },
    async readModel(id) {
      return read(() => {
        const model = recordOf(id)
        if (model === undefined) return undefined
        const numbers = Array.from({ length: partCount(model.bytes) }, (_, part) => part)
        return joinParts(
          model,
          numbers.map((part) => modelParts.get(partKey(id, part))),
        )
      })
    },
    async removeModel(id) {
      await write(() => {
        const parts = partCount(recordOf(id)?.bytes ?? 0)
        models.remove(Buffer.from(id))
        for (let part = 0; part < parts; part++) modelParts.remove(partKey(id, part))
      })
    },
    async readPromotions() {
      return read(promotions)
    },
    async promoteModel(id) {
      await write(() => putPromotions([id, ...promotions().filter((other) => other !== id)]))
    },
    async demoteModel(id) {
      await write(() => putPromotions(promotions().filter((other) => other !== id)))
    },
  }
}
