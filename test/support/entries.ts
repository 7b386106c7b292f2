import * as datasets from '../../src/entries/datasets.js'
import * as explain from '../../src/entries/explain.js'
import * as exported from '../../src/entries/export.js'
import * as features from '../../src/entries/features.js'
import * as labels from '../../src/entries/labels.js'
import * as lifecycle from '../../src/entries/lifecycle.js'
import * as metrics from '../../src/entries/metrics.js'
import * as models from '../../src/entries/models.js'
import * as night from '../../src/entries/night.js'
import * as profit from '../../src/entries/profit.js'
import * as report from '../../src/entries/report.js'
import * as score from '../../src/entries/score.js'
import * as simulate from '../../src/entries/simulate.js'
import * as tables from '../../src/entries/tables.js'
import * as holdfast from '../../src/index.js'

/** What users may import, by the name that they import it from. */
export const entries = {
  holdfast,
  'holdfast/tables': tables,
  'holdfast/labels': labels,
  'holdfast/features': features,
  'holdfast/datasets': datasets,
  'holdfast/models': models,
  'holdfast/metrics': metrics,
  'holdfast/night': night,
  'holdfast/profit': profit,
  'holdfast/explain': explain,
  'holdfast/score': score,
  'holdfast/export': exported,
  'holdfast/lifecycle': lifecycle,
  'holdfast/report': report,
  'holdfast/simulate': simulate,
}

/** All of it together: a name means the same wherever it stands. */
export const everyName = {
  ...holdfast,
  ...tables,
  ...labels,
  ...features,
  ...datasets,
  ...models,
  ...metrics,
  ...night,
  ...profit,
  ...explain,
  ...score,
  ...exported,
  ...lifecycle,
  ...report,
  ...simulate,
}
