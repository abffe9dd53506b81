import { standardScores } from '../learning/standard-scores.ts'
import { choicesOf, type TimedChoice } from './choices.ts'
import { type AskedGround, inParts, type Part } from './in-parts.ts'
import { type PartName, wantedBut } from './method.ts'
import { sourcesOf } from './sources.ts'

/** What is to be chosen from; the cases in the order of their time. */
export interface ChoosingGround extends AskedGround {
  /** Parts that are switched off. */
  readonly without: readonly PartName[]
  /** 1 for items that may be candidates; all may where it is left out. */
  readonly open?: Uint8Array | undefined
}

export interface ComponentChoices {
  /** In the order of the scores in a choice. */
  readonly components: readonly string[]
  readonly choices: readonly TimedChoice[]
}

/** All cases as choices by the scores of all components.
 *  @param onDone how many cases there are so far */
export async function choicesInParts(
  ground: ChoosingGround,
  onDone: (done: number) => void,
): Promise<ComponentChoices> {
  const work = { begin: partChooser, module: './choice-thread', beside: import.meta.url }
  const parts = await inParts(work, ground, onDone)
  return { components: parts[0]?.components ?? [], choices: parts.flatMap(({ choices }) => choices) }
}

/** Parts are scored alike whichever came before. */
export function partChooser(ground: ChoosingGround): (part: Part) => ComponentChoices {
  const { cases, open, repeats, train, without } = ground
  const standard = standardScores(sourcesOf(ground), train.catalogSize, wantedBut(without))
  return ({ from, to }) => ({
    components: standard.names,
    choices: choicesOf(cases.slice(from, to), standard, train.catalogSize, !repeats, open),
  })
}
