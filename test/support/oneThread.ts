import { DuckDBInstance } from '@duckdb/node-api'

// Two processes of tests share two cores already: a second thread of the engine took a fifth more of processor time. Nearly all
// tables of these tests are smaller than the 122,880 rows that DuckDB gives to one thread. A test of a larger one asks
// for threads; programs that tests start have all of them.
const create = DuckDBInstance.create
DuckDBInstance.create = (path, settings) => create.call(DuckDBInstance, path, { threads: '1', ...settings })
