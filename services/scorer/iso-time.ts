import type { EpochMs } from '../../libs/interest/time.ts'

export const isoTime = (ms: EpochMs): string => new Date(ms).toISOString()

/** 0 stands for never. */
export const isoTimeOrNull = (ms: EpochMs): string | null => (ms === 0 ? null : isoTime(ms))
