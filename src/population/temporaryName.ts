let made = 0

/** Returns a name for a temporary table that is unique in this process, so that concurrent builds do not collide. */
export function temporaryName(what: string): string {
  made++
  return `holdfast_${what}_${made}`
}
