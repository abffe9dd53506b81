const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A duration for people, to one decimal of its largest unit. */
export function inWords(ms: number): string {
  const [unit, unitMs] = units.find(([, each]) => ms >= each) ?? (['ms', 1] as const)
  const count = Math.round((10 * ms) / unitMs) / 10
  return `${count} ${unit}${count === 1 || unit === 'ms' ? '' : 's'}`
}
