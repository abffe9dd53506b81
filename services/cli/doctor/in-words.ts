const units = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const

/** A duration for people, to one decimal of its largest unit. */
export function inWords(ms: number): string {
  const [unit, unitMs] = units.find(([, each]) => ms >= each) ?? (['ms', 1] as const)
  return `${Math.round((10 * ms) / unitMs) / 10} ${unit}`
}
