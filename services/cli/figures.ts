const grouped = new Intl.NumberFormat('en')

/** 12345 → 12,345 */
export function whole(value: number): string {
  return grouped.format(value)
}

/** 0.1234 → 12.3 % */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
