import { frozenOf } from '../base/result.js'
import type { SelectionFacts } from './selectionFacts.js'
import { selectionText } from './selectionText.js'

/** A model, the candidates that it was chosen from, and why. Printed, it is a table. */
export class Selection extends frozenOf<SelectionFacts>(selectionText) {}
