export { HoldfastError, type Place, type Problem, type ProblemCode } from './base/errors.js'
