// Prediction and explanation of trees. What the numbers mean is told in scoringPlan.ts.
export { explainDeep } from './scoring-deep.as'
export { explainGroups } from './scoring-trees.as'
export { scoreRow } from './scoring-rows.as'
export { scoreNext, work } from './scoring-threads.as'
// Exported, so that they stay functions of their own: inlined into one that runs for long, a loop would stay in the
// engine's quick and slow code until that function is called again.
export { fillMasks, rankChunk, scoreChunk } from './scoring-chunks.as'
export { numberMasks, setMasks } from './scoring-masks.as'
export { categoryRanks, numberRanks, searchedRanks } from './scoring-ranks.as'
export { gatherMargins, scorePieces, spreadMargins } from './scoring-trees.as'
export { placeMask, placeRanks, scoreWalks } from './scoring-walks.as'
