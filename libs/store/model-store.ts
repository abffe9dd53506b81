import type { EpochMs } from '../interest/time.ts'

/** Where learned models lie, and which of them serves. */
export interface ModelStore {
  /** What is known of each model, in the order of their ids. */
  readModels(): Promise<ModelRecord[]>
  /** Writes the bytes first, then what is known of them: a model that is listed is whole. */
  writeModel(model: ModelRecord, bytes: Buffer): Promise<void>
  /** undefined for one that is not listed. @throws HL_STORE_CORRUPT when parts of it are missing */
  readModel(id: string): Promise<Buffer | undefined>
  removeModel(id: string): Promise<void>
  /** Ids of the models that were promoted, each once, the one that serves first. */
  readPromotions(): Promise<string[]>
  /** The model serves from now on; the one before it is the second in the list. */
  promoteModel(id: string): Promise<void>
  /** The model serves no more; the one promoted before it does. Models that never served are only forgotten. */
  demoteModel(id: string): Promise<void>
}

/** What is known of a model without reading it. */
export interface ModelRecord {
  /** Sorts by the time of its making. */
  readonly id: string
  readonly createdAtMs: EpochMs
  /** Time of the newest event it was learned from. */
  readonly learnedUntilMs: EpochMs
  readonly bytes: number
  /** 0 events and users where one part was imported: nobody here knows how many they were. */
  readonly events: number
  readonly users: number
  readonly items: number
  /** Which part of it was computed elsewhere, last. */
  readonly imported?: { readonly part: string; readonly rows: number; readonly file: string } | undefined
  /** How well it ranked the newest slice of history before it was promoted; undefined when there was nothing to ask. */
  readonly trial?: ModelTrial | undefined
}

/** NDCG@10 over the same questions, asked of the new model and of what it stands beside. */
export interface ModelTrial {
  readonly cases: number
  readonly ndcg: number
  /** Of the likeness of texts alone, which serves beside the model; undefined where no item had a text. */
  readonly interests?: number | undefined
  readonly live?: { readonly id: string; readonly ndcg: number } | undefined
}
