import { DuckDBInstance } from '@duckdb/node-api'

// Two processes of tests share two cores already: a second thread of the engine took a fifth more of processor time. The
// tables of these tests are smaller than what DuckDB gives to one thread; programs that tests start have all threads.
const create = DuckDBInstance.create
DuckDBInstance.create = (path, settings) => create.call(DuckDBInstance, path, { threads: '1', ...settings })
