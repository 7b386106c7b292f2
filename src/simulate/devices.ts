import type { Random } from '../base/random.js'
import type { LineMonth, Simulation } from './lineMonth.js'

/** Devices that the ids of one person leave room for. */
const devicesPerHolder = 16

/** Draws which of his devices a person uses in each month; all his lines of that month are in the same one. */
export function drawDevices(random: Random, holderNumber: number, monthCount: number): Int32Array {
  const devices = new Int32Array(monthCount)
  let device = 0
  for (let month = 0; month < monthCount; month++) {
    if (random.uniform() < 0.025) device = Math.min(device + 1, devicesPerHolder - 1)
    devices[month] = holderNumber * devicesPerHolder + device
  }
  return devices
}

/** Writes the device that the network saw the line in; not in quiet months, and not where the record is missing. */
export function writeDevice(simulation: Simulation, lineMonth: LineMonth, devices: Int32Array): void {
  const { id, month, isQuiet, random } = lineMonth
  const isRecorded = random.uniform() >= 0.03
  if (isQuiet || !isRecorded) return
  const { devices: rows } = simulation.rows
  rows.id.push(rows.id.codeOf(id))
  rows.period.push(simulation.months.start(month))
  rows.deviceId.push(rows.deviceId.codeOf(`D${String(devices[month]!).padStart(8, '0')}`))
}
