import type { EvaluationData } from '../../evaluate/evaluation.js'
import type { Interval } from '../../evaluate/interval/bootstrapInterval.js'
import type { FeatureEffect } from '../../learn/explain/accumulatedLocalEffects.js'
import type { RowOverlap } from '../../learn/trainedRows.js'

/** The model of the report. */
export interface ModelFacts {
  /** Name of the learner; null if the predictions came from elsewhere. */
  readonly learner: string | null
  /** Number of features; null = not known. */
  readonly features: number | null
  /** Options with which the model was trained, as texts; empty if not given. */
  readonly options: Readonly<Record<string, string>>
  /** What it predicts, in words. */
  readonly label: string
  /** Days between the cutoff and the outcome window, and its length; null for a flat table. */
  readonly window: { readonly gapDays: number; readonly horizonDays: number } | null
  readonly intendedUse: string
  /** Further limits, in the author's sentences. */
  readonly remarks: readonly string[]
}

/** Rows of customers, in numbers. */
export interface RowsFacts {
  readonly rows: number
  readonly churners: number
  /** Share of churners, in [0, 1]. */
  readonly baseRate: number
  /** First and last cutoff, YYYY-MM-DD; null for a flat table. */
  readonly cutoffs: {
    readonly first: string
    readonly last: string
    readonly count: number
    /** Given if customers have their own cutoffs. */
    readonly own?: boolean
  } | null
  /** SHA-256 of the data; null = none. */
  readonly fingerprint: string | null
}

/** One column of the data. */
export interface FeatureFacts {
  readonly feature: string
  readonly kind: 'number' | 'text'
  /** Share of the test rows without a value, in [0, 1]. */
  readonly missingShare: number
  /**
   * How far the test rows are from the training rows (PSI); null without training rows, and if `newShare` is 1, where
   * it is not defined.
   */
  readonly psi: number | null
  /** Share of the test rows with a value that training has not seen; null without training rows. */
  readonly newShare: number | null
}

/** The data behind the report. */
export interface DataFacts {
  readonly test: RowsFacts
  /** How many test rows equal rows that the model was trained on; null = not known. */
  readonly seen: RowOverlap | null
  /**
   * The rows that the model was trained on, according to the model; null if it does not know; absent in facts of
   * earlier versions. `isGiven`: whether `train` has these rows; null if it was not given or cannot be compared.
   */
  readonly training?: { readonly rows: number; readonly isGiven: boolean | null } | null
  /** The rows given as training data. */
  readonly train: RowsFacts | null
  /** The features of the model in its order; empty if not known. */
  readonly features: readonly FeatureFacts[]
  readonly warnings: readonly string[]
}

/** Scores by outcome: bin i is `[edges[i], edges[i + 1])`; the last bin includes its upper end. */
export interface ScoreFacts {
  readonly edges: readonly number[]
  readonly churned: readonly number[]
  readonly stayed: readonly number[]
}

/** Points of a curve, from left to right. */
export interface CurveFacts {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** A list of a given length, in money. */
export interface ProfitPointFacts {
  readonly contactedShare: number
  readonly contacts: number
  readonly churners: number
  readonly profit: number
}

/** What an offer earns, by the length of the list. Money is the total over the tested customers. */
export interface ProfitFacts {
  readonly currency: string | null
  /** Mean over the customers. */
  readonly customerValue: number
  readonly offerCost: number
  readonly contactCost: number
  /** Share of contacted churners who stay, and its Beta distribution if given as one. */
  readonly acceptance: number
  readonly acceptanceBeta: { readonly alpha: number; readonly beta: number } | null
  readonly customers: number
  readonly curve: CurveFacts
  readonly best: ProfitPointFacts
  readonly everybody: ProfitPointFacts
  /** Profit of the best list with its interval: how much it would move with other customers of the same kind. */
  readonly bestProfit: Interval
  /** Profit of other lengths of the list. */
  readonly lists: readonly { readonly contactedShare: number; readonly profit: number }[]
}

/** How much each feature moves the predictions, the strongest first. */
export interface ImportanceFacts {
  readonly scale: 'log-odds' | 'probability'
  /** Features of the model, shown or not. */
  readonly features: number
  readonly shown: readonly {
    readonly feature: string
    readonly meanAbsolute: number
    readonly share: number
  }[]
}

/** One group of customers. */
export interface SegmentRowFacts {
  readonly name: string
  /** Left out in facts of earlier versions, whose `customers` are rows. */
  readonly rows?: number
  readonly customers: number
  readonly churners: number
  readonly baseRate: number
  readonly meanProbability: number
  readonly rocAuc: Interval | null
  /** Churners / sum of the predictions: 1 = right, 1.5 = half as many again leave as predicted. */
  readonly observedToExpected: Interval | null
  /** Names of the small groups combined in it; empty for a single group. */
  readonly mergedFrom: readonly string[]
  readonly notes: readonly string[]
}

/** The figures by one or two attributes. */
export interface SegmentFacts {
  /** Level of the intervals, in (0, 1). */
  readonly level: number
  readonly attributes: readonly string[]
  readonly segments: readonly SegmentRowFacts[]
  readonly overall: SegmentRowFacts
  /** Sentences about the groups where the model is worst. */
  readonly worst: readonly string[]
  readonly notes: readonly string[]
}

/** One test in time. */
export interface BacktestFoldFacts {
  /** YYYY-MM-DD. */
  readonly cutoff: string
  readonly testRows: number
  readonly churners: number
  readonly baseRate: number | null
  readonly meanProbability: number | null
  readonly rocAuc: Interval | null
  readonly note: string | null
}

/** The figures over time. */
export interface BacktestFacts {
  /** Level of the intervals, in (0, 1). */
  readonly level: number
  /** Over all test rows together; null = not defined. */
  readonly pooledRocAuc: Interval | null
  readonly folds: readonly BacktestFoldFacts[]
  /** Sentences about figures that changed over time. */
  readonly drift: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Everything a report shows, as plain JSON: pictures, page and Markdown are made only from it. What is null or empty
 * was not asked for and has no section. Figures of {@link EvaluationData} are those of `evaluate`.
 */
export interface ReportFacts {
  readonly format: 'holdfast report'
  /** Increases when a reader of older files could misunderstand new ones. */
  readonly version: 1
  readonly title: string
  readonly author: string | null
  /** As given; null = not given. */
  readonly date: string | null
  readonly model: ModelFacts
  readonly data: DataFacts
  readonly evaluation: EvaluationData
  /** Share of churners caught against share of stayers contacted. */
  readonly roc: CurveFacts
  /** Share of the contacted who churned against share of churners caught. */
  readonly precisionRecall: CurveFacts
  readonly scores: ScoreFacts
  readonly profit: ProfitFacts | null
  readonly importances: ImportanceFacts | null
  readonly effects: readonly FeatureEffect[]
  readonly segments: readonly SegmentFacts[]
  readonly backtest: BacktestFacts | null
  /** Names of features in words, if any. */
  readonly words: Readonly<Record<string, string>>
}
