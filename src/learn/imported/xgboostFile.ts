import * as z from 'zod'

const counts = z.array(z.int())
const numberText = z.string().regex(/^\d{1,9}$/)

/** A tree as XGBoost writes it: one entry per node in every list. */
export const xgboostTree = z.object({
  left_children: counts,
  right_children: counts,
  split_indices: counts,
  /** Null in category splits of releases before 3, which have no threshold. */
  split_conditions: z.array(z.number().nullable()),
  default_left: z.array(z.union([z.boolean(), z.literal(0), z.literal(1)])),
  sum_hessian: z.array(z.number()),
  loss_changes: z.array(z.number()),
  split_type: z.array(z.union([z.literal(0), z.literal(1)])).optional(),
  categories: counts.default([]),
  categories_nodes: counts.default([]),
  categories_segments: counts.default([]),
  categories_sizes: counts.default([]),
  tree_param: z.object({
    num_nodes: numberText,
    num_deleted: numberText.default('0'),
    size_leaf_vector: z.string().default('0'),
  }),
})

/** A tree as XGBoost writes it. */
export type XgboostTree = z.output<typeof xgboostTree>

const categoryList = z.object({ offsets: counts.optional(), values: z.array(z.number()) })

/** The categories of one feature; empty where it has none. */
export type XgboostCategoryList = z.output<typeof categoryList>

const trees = z.object({
  gbtree_model_param: z.object({ num_trees: numberText, num_parallel_tree: numberText.default('1') }),
  iteration_indptr: counts.optional(),
  trees: z.array(xgboostTree),
  cats: z.object({ enc: z.array(categoryList) }).optional(),
})

/** The trees of `booster.save_model('x.json')`, of the booster `gbtree`. */
export const xgboostBooster = z.object({ model: trees })

/** The same for the booster `dart`: each tree with its weight. */
export const xgboostDart = z.object({ gbtree: z.object({ model: trees }), weight_drop: z.array(z.number()) })

/** Trees with what belongs to all of them. */
export type XgboostTrees = z.output<typeof trees>

/** Everything but the trees. */
export const xgboostFile = z.object({
  version: counts.min(2),
  learner: z.object({
    attributes: z.record(z.string(), z.string()).default({}),
    feature_names: z.array(z.string()).default([]),
    gradient_booster: z.looseObject({ name: z.string() }),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: numberText.default('0'),
      num_feature: numberText,
      num_target: numberText.default('1'),
    }),
    objective: z.object({ name: z.string() }),
  }),
})

/** Everything but the trees. */
export type XgboostFile = z.output<typeof xgboostFile>
