import { openDuckdb } from './src/engine/duckdb.ts'
import { openHistory } from './src/engine/openHistory.ts'
import { historyTables } from './test/support/history.ts'
const e = await openDuckdb()
const mode = process.argv[2]
if (mode) await e.run(mode)
const rec: [number,string][] = []
const w: any = { ...e }
for (const k of Object.getOwnPropertyNames(Object.getPrototypeOf(e)).concat(Object.keys(e))) { const f=(e as any)[k]; if (typeof f==='function') w[k]=async (...a:any[])=>{const t=performance.now(); const r= await f.apply(e,a); rec.push([performance.now()-t, k+' '+String(a[0])]); return r} }
w.dialect=e.dialect; w.stream = e.stream?.bind(e)
const t=performance.now(); const c=process.cpuUsage(); await openHistory(historyTables as any, { engine: w, today: '2025-07-01', completeUntil: '2025-07-01' }); const u=process.cpuUsage(c); console.log(mode, 'total', performance.now()-t, (u.user+u.system)/1000, rec.length)
rec.sort((a,b)=>b[0]-a[0]); if (!mode) console.log(rec[0]![1])
