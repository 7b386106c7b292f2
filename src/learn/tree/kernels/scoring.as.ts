// Prediction and explanation of trees. What the numbers mean is told in scoringPlan.ts.
export { explainDeep } from './scoring-deep.as'
export { categoryRanks, numberRanks, searchedRanks } from './scoring-ranks.as'
export { numberMasks, setMasks } from './scoring-masks.as'
export { explainGroups, gatherMargins, scorePieces, spreadMargins } from './scoring-trees.as'
export { scoreRow } from './scoring-rows.as'
export { placeMask, placeRanks, scoreWalks } from './scoring-walks.as'
