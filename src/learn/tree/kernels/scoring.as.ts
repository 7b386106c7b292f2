// Prediction and explanation of trees. What the numbers mean is told in scoringPlan.ts.
export { explainDeep } from './scoring-deep.as'
export { categoryRanks, numberRanks, searchedRanks } from './scoring-ranks.as'
export { numberMasks, setMasks } from './scoring-masks.as'
export { explainGroups, gatherMargins, scorePieces, scoreWalks, spreadMargins } from './scoring-trees.as'
export { scoreRow } from './scoring-rows.as'
