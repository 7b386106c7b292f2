import type { ReportFacts } from '../facts/reportFacts.js'
import { cardSection } from './cardSection.js'
import { dataSection } from './dataSection.js'
import { figuresSection } from './figuresSection.js'
import { listSection } from './listSection.js'
import { profitSection } from './profitSection.js'
import { reasonsSection } from './reasonsSection.js'
import type { Section } from './section.js'
import { segmentSection } from './segmentSection.js'
import { timeSection } from './timeSection.js'
import { trustSection } from './trustSection.js'

const makers: readonly ((facts: ReportFacts) => Section | null)[] = [
  listSection,
  profitSection,
  trustSection,
  reasonsSection,
  segmentSection,
  timeSection,
  figuresSection,
  dataSection,
  cardSection,
]

/** Returns the sections of the facts, in the order of the report. */
export function sectionsOf(facts: ReportFacts): Section[] {
  return makers.flatMap((maker) => maker(facts) ?? [])
}
