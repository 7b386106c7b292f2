import type { Random } from '../base/random.js'
import type { LineMonth, Simulation } from './lineMonth.js'

/** Most devices that the ids of one person allow. */
const devicesPerHolder = 16

/** Draws the device that a person uses in each month, for all lines of that month. */
export function drawDevices(random: Random, holderNumber: number, monthCount: number): Int32Array {
  const devices = new Int32Array(monthCount)
  let device = 0
  for (let month = 0; month < monthCount; month++) {
    if (random.uniform() < 0.025) device = Math.min(device + 1, devicesPerHolder - 1)
    devices[month] = holderNumber * devicesPerHolder + device
  }
  return devices
}

/** Writes the device in which the network saw the line; not in quiet months, nor if the record is missing. */
export function writeDevice(simulation: Simulation, lineMonth: LineMonth, devices: Int32Array): void {
  const { id, month, isQuiet, random } = lineMonth
  const isRecorded = random.uniform() >= 0.03
  if (isQuiet || !isRecorded) return
  const { devices: rows } = simulation.rows
  rows.id.push(rows.id.codeOf(id))
  rows.period.push(simulation.months.start(month))
  rows.deviceId.push(rows.deviceId.codeOf(`D${String(devices[month]!).padStart(8, '0')}`))
}
