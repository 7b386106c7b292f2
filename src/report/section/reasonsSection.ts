import type { ReportFacts } from '../facts/reportFacts.js'
import { effectPictures } from '../picture/effectPictures.js'
import { importancePicture } from '../picture/importancePicture.js'
import { featureText } from '../words/featureText.js'
import { counted, percent } from '../words/numbers.js'
import type { Block, Section } from './section.js'

/** What drives the predictions. */
export function reasonsSection(facts: ReportFacts): Section | null {
  const { importances, effects, words } = facts
  const [importance] = importancePicture(facts)
  const drawn = effectPictures(facts)
  if (importance === undefined && drawn.length === 0) return null
  const shown = importances?.shown ?? []
  const sum = shown.slice(0, 3).reduce((total, { share }) => total + share, 0)
  const strongest = shown.slice(0, 3).map(({ feature }) => featureText(feature, words))
  return {
    id: 'reasons',
    title: 'What drives the predictions',
    lead:
      shown.length === 0
        ? 'How the prediction changes along each feature.'
        : `${listed(strongest)} make up ${percent(sum)} of all movement of the predictions.`.replace(
            /^\p{Ll}/u,
            (letter) => letter.toUpperCase(),
          ),
    blocks: [
      ...(importance === undefined ? [] : importanceBlocks(facts, importance)),
      ...(drawn.length === 0 ? [] : effectBlocks(drawn, effects[0]!.scale)),
    ],
  }
}

function importanceBlocks(
  { importances }: ReportFacts,
  picture: ReturnType<typeof importancePicture>[number],
): Block[] {
  const { features, shown } = importances!
  const rest = features - shown.length
  return [
    { kind: 'picture', picture },
    {
      kind: 'text',
      text:
        'The length is how far a feature moves the prediction of a customer on average, up or down, as a share of all features' +
        `${rest > 0 ? `; ${counted(rest, 'further feature')} moved it less or not at all` : ''}. It shows what the model uses, ` +
        'not what makes customers leave: changing a feature need not change their mind.',
    },
  ]
}

function effectBlocks(
  pictures: ReturnType<typeof effectPictures>,
  scale: 'probability' | 'log-odds',
): Block[] {
  const unit = scale === 'probability' ? 'percentage points of the predicted probability' : 'log odds'
  return [
    { kind: 'pictures', pictures },
    {
      kind: 'text',
      text:
        `Effect of a value on the prediction compared with the average customer, in ${unit}: above 0 the risk is higher. ` +
        'The ticks under a curve divide the customers into parts of about equal size; where they are far apart, the curve says little.',
    },
  ]
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
