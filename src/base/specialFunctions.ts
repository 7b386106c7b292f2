import { compiled } from 'cephes'

// Under ESM the functions of cephes exist only once its WebAssembly is compiled: called in the first turn of a program
// they throw. Whoever imports them from here has them.
await compiled

export { incbet, incbi } from 'cephes'
