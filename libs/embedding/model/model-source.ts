/** How far fetching is. `total` is 0 when it is not known. */
export interface ModelProgress {
  readonly step: string
  readonly done: number
  readonly total: number
}

/** A place the model can be had from. */
export interface ModelSource {
  /** For people, in the list of what was tried. */
  readonly name: string
  /** The model it yields, and the name of that model's folder in the cache. */
  readonly model: string
  /** What someone can do when it fails. */
  readonly remedy: string
  /** Puts the model's files into an empty folder. @throws HL_MODEL_HASH when what came is not what was asked for,
   *  which ends the search; any other error lets the next source be tried */
  fetch(folder: string, onProgress: (progress: ModelProgress) => void): Promise<void>
}
