let made = 0

/** Returns a name for a temporary table that no other of this process has, so that two builds at once do not meet. */
export function temporaryName(what: string): string {
  made++
  return `holdfast_${what}_${made}`
}
