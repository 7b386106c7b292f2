import type { ReportFacts } from '../facts/reportFacts.js'
import { backtestPicture } from './backtestPicture.js'
import { calibrationPicture } from './calibrationPicture.js'
import { precisionRecallPicture, rocPicture } from './curvePictures.js'
import { effectPictures } from './effectPictures.js'
import { gainsPicture } from './gainsPicture.js'
import { importancePicture } from './importancePicture.js'
import { liftPicture } from './liftPicture.js'
import type { Picture } from './picture.js'
import { profitPicture } from './profitPicture.js'
import { scorePicture } from './scorePicture.js'
import { segmentPictures } from './segmentPictures.js'

const makers: readonly ((facts: ReportFacts) => Picture[])[] = [
  gainsPicture,
  liftPicture,
  profitPicture,
  calibrationPicture,
  scorePicture,
  importancePicture,
  effectPictures,
  segmentPictures,
  backtestPicture,
  rocPicture,
  precisionRecallPicture,
]

/** Returns the pictures of the facts, in the order of the page. */
export function picturesOf(facts: ReportFacts): Picture[] {
  return makers.flatMap((maker) => maker(facts))
}
