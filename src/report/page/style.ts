import { dark, light, type Palette } from '../picture/theme.js'

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')
}

/** The style of the page: light by default, dark if the reader prefers it, always light in print. */
export const pageStyle = `
:root{color-scheme:light dark;${variables(light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}
.skip{position:absolute;left:-999rem;top:0;padding:.75rem 1rem;background:var(--paper);color:var(--ink)}
.skip:focus{left:0;z-index:1}
header,main,footer{max-width:54rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:3.5rem}
h1{font-size:1.1rem;font-weight:600;line-height:1.4;margin:0;overflow-wrap:anywhere}
.by{color:var(--muted);font-size:.9rem;margin:.15rem 0 2rem;overflow-wrap:anywhere}
.by p{margin:0}
.headline{font-size:clamp(1.3rem,1rem + 1.6vw,1.9rem);line-height:1.32;font-weight:600;letter-spacing:-.012em;margin:0 0 .9rem;text-wrap:pretty}
.headline+p.more{margin-top:0}
.more{color:var(--muted);margin:0 0 2rem;max-width:44rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1px;margin:0;background:var(--grid);border:1px solid var(--grid);border-radius:.75rem;overflow:hidden}
.tiles div{display:flex;flex-direction:column;background:var(--paper);padding:1.1rem 1.25rem}
.tiles dt{order:2;font-size:.9rem;line-height:1.4}
.tiles dd{margin:0}
.tiles .value{order:1;font-size:1.75rem;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums;white-space:nowrap}
.tiles .beside{order:3;margin-top:.15rem;color:var(--muted);font-size:.82rem;line-height:1.4;font-variant-numeric:tabular-nums}
.cautions{margin:1.75rem 0 0;padding:1rem 1.25rem;background:var(--paper);border:1px solid var(--grid);border-left:4px solid var(--chosen);border-radius:.5rem}
.cautions h2{font-size:1rem;margin:0 0 .35rem}
.cautions ul{margin:0;padding-left:1.1rem}
.cautions li{overflow-wrap:anywhere}
nav{margin:2rem 0 0}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;margin:0;padding:0;list-style:none;font-size:.9rem}
a{color:var(--model);text-decoration-thickness:1px;text-underline-offset:.18em}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--model);outline-offset:3px;border-radius:2px}
section{margin:2.25rem 0;padding:2rem 2.25rem;background:var(--paper);border:1px solid var(--grid);border-radius:.9rem}
h2{font-size:1.4rem;line-height:1.3;margin:0;letter-spacing:-.01em}
h3{font-size:1rem;margin:1.75rem 0 .25rem}
h3+ul{margin-top:.35rem}
.lead{font-size:1.08rem;margin:.4rem 0 1.75rem;color:var(--ink);max-width:44rem;overflow-wrap:anywhere;text-wrap:pretty}
section p{max-width:44rem}
section>:last-child,section>p.text:last-child{margin-bottom:0}
section p.text{color:var(--muted);font-size:.94rem;margin:.5rem 0 1.75rem}
section ul{max-width:44rem;padding-left:1.15rem;overflow-wrap:anywhere}
figure{margin:0 0 .5rem}
figcaption{font-weight:600;font-size:.95rem;margin:0 0 .6rem;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto}
svg text{white-space:pre}
.wide svg{max-width:720px}
.narrow{display:none}
.small svg{max-width:340px}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17.5rem),1fr));gap:2rem 1.75rem;margin:1.75rem 0 .5rem}
.pictures figcaption{min-height:1.6em}
.scroll{overflow-x:auto;margin:1.25rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.45}
caption{text-align:left;font-weight:600;padding:0 0 .5rem}
caption span{display:block;position:sticky;left:0;max-width:calc(100vw - 3rem);overflow-wrap:anywhere}
th,td{padding:.45rem .9rem .45rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid);font-variant-numeric:tabular-nums}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;font-size:.82rem;vertical-align:bottom}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:7rem}
td:not(.right){min-width:7.5rem}
td:last-child:not(.right){min-width:14rem}
.right{text-align:right;white-space:nowrap}
thead .right{white-space:normal}
tbody tr:last-child th,tbody tr:last-child td{border-bottom:0}
details{margin:.75rem 0 1.75rem}
summary{cursor:pointer;color:var(--model);font-size:.92rem;width:fit-content}
.terms{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.5rem 1.5rem;margin:0 0 1.5rem}
.terms dt{color:var(--muted)}
.terms dd{margin:0;overflow-wrap:anywhere}
footer{color:var(--muted);font-size:.85rem;padding-bottom:3rem}
@media (max-width:40rem){
header,main,footer{padding-left:1rem;padding-right:1rem}
header{padding-top:2rem}
main{padding-left:0;padding-right:0}
main>*{margin-left:1rem;margin-right:1rem}
section{margin:1rem 0;padding:1.5rem 1rem;border-left:0;border-right:0;border-radius:0}
.tiles{grid-template-columns:1fr 1fr}
.tiles div{padding:.85rem .9rem}
.tiles .value{font-size:1.35rem}
.terms{grid-template-columns:1fr;gap:.1rem}
.terms dd{margin-bottom:.7rem}
}
@media screen and (max-width:40rem){
.wide{display:none}
.narrow{display:block}
}
@media print{
@page{margin:16mm 14mm}
body{background:#fff;font-size:10.5pt}
header,main,footer{max-width:none;padding:0}
section{border:0;padding:0;margin:1.6rem 0}
nav,.skip{display:none}
a{color:inherit;text-decoration:none}
figure,tr,.tiles,.cautions,.terms div{break-inside:avoid}
h2,h3,.lead,caption,figcaption{break-after:avoid}
.scroll{overflow:visible}
table,thead th{font-size:8.5pt}
caption,figcaption{font-size:9.5pt}
details::details-content{content-visibility:visible}
summary{display:none}
.pictures{grid-template-columns:1fr 1fr}
}
`.replaceAll('\n', '')
