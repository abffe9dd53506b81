import { HalflifeError } from '../../libs/errors/halflife-error.ts'
import { type ChatModel, chatModel } from '../../libs/llm/chat-model.ts'
import type { Settings } from '../../libs/settings/settings.ts'

/** The language model that the settings name; none by default. It is asked when it is needed: one that is away keeps nobody
 *  from starting. @throws HL_SETTING */
export function openLlm(settings: Settings): ChatModel | undefined {
  const { LLM_URL: url, LLM_MODEL: model, LLM_KEY: key } = settings
  if (url === undefined) return undefined
  if (model === undefined) {
    throw new HalflifeError(
      'HL_SETTING',
      'LLM_URL is set and LLM_MODEL is not; for example LLM_MODEL=qwen3:8b',
    )
  }
  return chatModel({
    url,
    model,
    key,
    withinMs: settings.LLM_WITHIN * 1_000,
    perMinute: settings.LLM_PER_MINUTE,
    now: Date.now,
  })
}
