import { explainPlanOf } from './explain/explainPlan.js'
import { PlannedPredictor } from './score/kernelPredictor.js'
import { ScoringKernels } from './score/scoringKernels.js'
import { useTreeKernels } from './treeKernels.js'

/** Makes trees score and explain with kernels from now on, where the platform has WebAssembly with vectors and shared memory. */
export function loadKernels(): void {
  useTreeKernels({
    predictor: (ensemble, specs) => {
      const kernels = ScoringKernels.get()
      return kernels === null ? null : new PlannedPredictor(kernels, ensemble, specs)
    },
    explainer: (ensemble, specs, groups, deep) => {
      const kernels = ScoringKernels.get()
      const plan = kernels === null ? null : explainPlanOf(ensemble, specs, groups, deep)
      if (kernels === null || plan === null) return null
      return {
        addOutputs: (columns, rowCount, values) => kernels.addOutputs(plan, columns, rowCount, values),
      }
    },
  })
}
