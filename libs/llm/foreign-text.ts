import { z } from 'zod'
import { LlmError } from './llm-failure.ts'

/* Titles are written by strangers, and a model may do what they say. No list of words knows every way to say it; so what a model
 * can do with a title is bounded as well: its answer is read by a schema, says nothing but an order of what is there already
 * and short plain lines, and a line with a link or markup is refused. */

const INSTRUCTIONS =
  /\b(ignore|disregard|forget|override)\b.{0,40}\b(previous|prior|above|all|any|other|earlier|your)\b|\b(system|developer) prompt\b|<\|.*?\|>|\b(system|assistant|user)\s*:|\byou are (now )?an?\b.{0,30}\b(assistant|ai|model)\b|忽略.{0,20}(指令|指示|要求|规则|以上|之前)|系统提示/i

const LONGEST_TITLE = 200

/** The title as it is sent: one line, cut to length. @throws LlmError hostile when it speaks to the model */
export function foreignText(title: string): string {
  const line = title.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  if (INSTRUCTIONS.test(line)) throw new LlmError('hostile', 'a title gives instructions')
  return line.slice(0, LONGEST_TITLE)
}

/** A line of a model's own words, fit to be shown to a person. */
export const plainLine = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}<>[\]{}|]*$/u, 'has markup or more than one line')
    .refine((line) => !/https?:|www\.|\w\.(com|net|org|io|cn)\b|@\w/i.test(line), 'has a link or an address')
