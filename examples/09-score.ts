// score: a model file in a service, one customer at a time, with reasons. `holdfast/score` loads no native code.
import { readFile } from 'node:fs/promises'
import { loadScorer } from 'holdfast/score'

const scorer = loadScorer(await readFile('models/telco/telco.model'))
const score = scorer.scoreRow({
  female: 1,
  senior_citizen: 0,
  partner: 0,
  dependents: 0,
  tenure: 2,
  phone_service: 1,
  multiple_lines: 'No',
  internet_service: 'Fiber optic',
  online_security: 'No',
  online_backup: 'No',
  device_protection: 'No',
  tech_support: 'No',
  streaming_tv: 'Yes',
  streaming_movies: 'No',
  contract: 'Month-to-month',
  paperless_billing: 1,
  payment_method: 'Electronic check',
  monthly_charges: 84.5,
  total_charges: 169,
})
console.log(`${(100 * score.probability).toFixed(1)} % ${score.band}`)
for (const { text } of score.reasons) console.log(`  ${text}`)
