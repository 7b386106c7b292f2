// `holdfast/report`: the facts of a report, and its page, text and pictures one at a time.

export type { ReportedData } from '../report/facts/dataFacts.js'
export type {
  BacktestFacts,
  BacktestFoldFacts,
  CurveFacts,
  DataFacts,
  FeatureFacts,
  ImportanceFacts,
  ModelFacts,
  ProfitFacts,
  ProfitPointFacts,
  ReportFacts,
  RowsFacts,
  ScoreFacts,
  SegmentFacts,
  SegmentRowFacts,
} from '../report/facts/reportFacts.js'
export { predictionReport } from '../report/modelReport.js'
export { pictureNames, pictureSvg, pictureTable } from '../report/pictureFiles.js'
export { type PngOptions, picturePng } from '../report/picturePng.node.js'
export { reportHtml } from '../report/reportHtml.js'
export { type MarkdownOptions, reportMarkdown } from '../report/reportMarkdown.js'
export type { ModelReportOptions, PredictionReportOptions, ReportOptions } from '../report/reportOptions.js'
export { type WindowStudy, type WindowStudyOptions, windowStudy } from '../report/windowStudy.js'
export type { WritePicturesOptions } from '../report/writePictures.node.js'
