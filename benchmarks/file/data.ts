import { closeSync, openSync, writeSync } from 'node:fs'
import { type Random, seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'

const blockBytes = 1_000_000

/** Writes a CSV file of customers: an id, 16 numbers (one of them with blanks), 4 texts, and whether they left; 109 bytes a row. */
export function writeCustomers(path: string, rows: number): void {
  const random = seededRandom(1)
  const names =
    'id,tenure,fee,minutes,texts,data,calls,overdue,balance,roaming,tickets,age,trend1,trend2,trend3,trend4,change,plan,pay,region,contract,churn'
  writeLines(path, names, rows, (row) => customer(row, random))
}

function customer(row: number, random: Random): string {
  const { uniform, normal } = random
  const whole = (limit: number): number => Math.floor(limit * uniform())
  const one = (texts: readonly string[]): string => texts[whole(texts.length)]!
  const [fee, use, load, trend] = [normal(), normal(), normal(), normal()]
  const [tenure, tickets, plan] = [whole(72), Math.floor(6 * uniform() * uniform()), one(plans)]
  const contract = one(['month', 'year'])
  const logOdds =
    -1.6 -
    0.02 * tenure +
    0.9 * use +
    0.4 * tickets +
    0.3 * load * fee +
    (contract === 'month' ? 0.6 : -0.6) +
    (plan === 'basic' ? 0.3 : 0)
  return [
    `C${String(row).padStart(7, '0')}`,
    ...[tenure, (20 + 10 * Math.abs(fee)).toFixed(2), (100 * Math.abs(use)).toFixed(2), whole(50)],
    ...[(5 * Math.abs(load)).toFixed(3), Math.floor(200 * uniform() * uniform())],
    ...[uniform() < 0.8 ? 0 : whole(30), (50 * normal()).toFixed(2)],
    ...[uniform() < 0.1 ? '' : (3 * uniform()).toFixed(2), tickets, 18 + whole(60)],
    ...[use, load, trend, normal()].map((value) => (10 * value).toFixed(2)),
    ...[fee.toFixed(4), plan, one(['card', 'transfer', 'cash']), `r${whole(40)}`, contract],
    uniform() < sigmoid(logOdds) ? 'yes' : 'no',
  ].join(',')
}

const plans = ['basic', 'plus', 'family', 'business']

/** Writes a CSV file of an id, many numbers with two digits behind the point, of which three tell who leaves, and the outcome. */
export function writeWide(path: string, rows: number, columns: number): void {
  const random = seededRandom(2)
  const numbers = Array.from({ length: columns - 2 }, (_, index) => `x${index}`)
  writeLines(path, ['id', ...numbers, 'churn'].join(','), rows, (row) => {
    const values = numbers.map(() => 100 * random.uniform())
    const churned = random.uniform() < sigmoid((values[0]! + values[1]! + values[2]! - 180) / 30)
    return [`c${row}`, ...values.map((value) => value.toFixed(2)), churned ? 'yes' : 'no'].join(',')
  })
}

function writeLines(path: string, header: string, rows: number, line: (row: number) => string): void {
  const file = openSync(path, 'w')
  let text = `${header}\n`
  for (let row = 0; row < rows; row++) {
    text += `${line(row)}\n`
    if (text.length < blockBytes) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
}
