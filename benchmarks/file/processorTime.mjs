// Loaded before a command: writes the processor time of its whole process, its start too, where it is told to.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeFileSync(process.env.PROCESSOR_TIME_FILE, String((user + system) / 1e6))
})
