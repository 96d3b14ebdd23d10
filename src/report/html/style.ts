/** The HTML report's style. No rule names anything outside the file. */
export const STYLE = `
:root{color-scheme:light dark;
--page:light-dark(#f6f7f9,#0d1117);--card:light-dark(#fff,#151b23);--ink:light-dark(#1b1f24,#e6edf3);
--soft:light-dark(#59626d,#9aa4af);--rule:light-dark(#e1e5ea,#2b323b);--track:light-dark(#e9edf1,#252c35);
--link:light-dark(#0969da,#58a6ff);--bar:light-dark(#9dbce6,#35639c);--dot:light-dark(#1f4e8c,#a9cdf8);
--pass:light-dark(#1a7f37,#3fb950);--fail:light-dark(#c4202b,#f85149);--open:light-dark(#8a5a00,#d9a021);
--error:light-dark(#59626d,#9aa4af);--above:light-dark(#efb0b3,#8b3439);--shade:light-dark(#1b1f2438,#00000099);--tone:var(--error)}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 -apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,"Liberation Sans",sans-serif;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
.page{max-width:1280px;margin:0 auto;padding:32px 24px 48px}
header{display:flex;justify-content:space-between;align-items:flex-start;gap:16px;margin-bottom:20px}
h1,h2,h3,p,dl,dd{margin:0}
h1{font-size:24px;font-weight:600;line-height:1.25;letter-spacing:-.01em}
h2{font-size:18px;font-weight:600;letter-spacing:-.005em}
h3{font-size:15px;font-weight:600;margin:28px 0 4px}
.eyebrow{font-size:13px;color:var(--soft)}.meta{font-size:13px;color:var(--soft);margin-top:4px}
a{color:var(--link);text-underline-offset:2px}
code,.ids{font:.92em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.soft,.none{color:var(--soft)}
.note{font-size:13px;color:var(--soft);margin:4px 0 12px;max-width:90ch}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button,summary{font:inherit;color:inherit;cursor:pointer}
.theme{flex:none;background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:5px 12px;font-size:13px;white-space:nowrap}
.theme:hover{border-color:var(--soft)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:12px;background:var(--card);padding:8px 12px;z-index:3}
section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:20px 24px 24px;margin-top:16px;min-width:0}
.pass{--tone:var(--pass)}.fail{--tone:var(--fail)}.inconclusive{--tone:var(--open)}
.verdict{border-top:4px solid var(--tone);padding-top:22px}
.outcome{display:flex;align-items:center;gap:10px;font-size:30px;line-height:1.15;letter-spacing:-.02em;color:var(--tone)}
.icon{width:1.05em;height:1.05em;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.why{font-size:18px;line-height:1.45;margin-top:10px;max-width:74ch}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,176px),1fr));gap:20px 24px;margin:20px 0 16px}
.figures:has(>:nth-child(6):last-child){grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr))}
.verdict .figures{border-top:1px solid var(--rule);padding-top:20px}
dt{font-size:13px;color:var(--soft)}
.value{display:block;font-size:26px;font-weight:600;line-height:1.3;letter-spacing:-.02em;font-variant-numeric:tabular-nums;overflow-wrap:normal}.value small{font-size:.6em;letter-spacing:0}
.figures .line{display:block;font-size:13px;line-height:1.45}.figures .line~.line{color:var(--soft)}
.verdict>.note{margin:0}
.headline{display:block;width:100%;height:100px;margin:22px 0 0;overflow:visible;font-size:13px;fill:var(--ink)}
.headline .tick{fill:var(--soft);font-size:12px}
.track{fill:var(--track)}.bar{fill:var(--bar)}.reach{fill:var(--dot)}.rate{fill:var(--dot);stroke:var(--card);stroke-width:2}
.before{fill:var(--card);stroke:var(--soft);stroke-width:2.5}
.limit{stroke:var(--fail);stroke-width:2;stroke-dasharray:4 3;fill:none}
.grid,.zero{stroke:var(--rule);stroke-width:1}.zero{stroke:var(--soft)}
.scroll{position:relative;overflow-x:auto;margin:0 -8px;padding:0 8px;background:linear-gradient(90deg,var(--card) 50%,transparent) 0/28px 100% no-repeat local,linear-gradient(270deg,var(--card) 50%,transparent) 100%/28px 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) 0/14px 100% no-repeat,linear-gradient(270deg,var(--shade),transparent) 100%/14px 100% no-repeat}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;border-bottom:1px solid var(--rule);text-align:left;vertical-align:middle}
tr>:first-child{padding-left:0}tr>:last-child{padding-right:0}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:12.5px;font-weight:500;color:var(--soft);vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:500}
.scroll th,.scroll td{overflow-wrap:normal;white-space:nowrap}
.n{text-align:right}
td .line{display:block;font-size:12px;line-height:1.3;color:var(--soft)}
.above .line{color:var(--fail)}.open .line{color:var(--open)}.under .line{color:var(--pass)}
th button{background:none;border:0;padding:0;font-weight:500;color:inherit;font-size:inherit}
th button:hover{color:var(--ink)}
th button::after{content:" \\2195";opacity:.4}th[aria-sort=ascending] button::after{content:" \\2191";opacity:1}th[aria-sort=descending] button::after{content:" \\2193";opacity:1}
th[aria-sort] button{color:var(--ink)}
.plot{width:32%;min-width:180px;padding-left:18px;padding-right:18px}
.interval,.axis{display:block;width:100%;height:24px;overflow:visible}.axis{height:14px;font-size:11.5px;fill:var(--soft)}.axis text{text-anchor:middle}
.interval.above .bar{fill:var(--above)}.interval.above .rate,.interval.above .reach{fill:var(--fail)}
.side{min-width:200px;padding:5px 14px}.side .interval{height:18px}.told{display:flex;justify-content:space-between;align-items:baseline;gap:10px;font-size:13px}.told b{font-size:14px}.whole>*{border-top:2px solid var(--rule)}
.moved{width:14%;min-width:120px}.rose .bar{fill:var(--above)}.rose .rate{fill:var(--fail)}
.shares{display:block;width:100%;height:8px;margin-top:8px;border-radius:4px}
.unsafe{fill:var(--fail)}.unjudged{fill:var(--open)}.safe{fill:var(--bar)}
.matrix td,.matrix tbody th{border-bottom:2px solid var(--card)}.matrix thead th{padding-right:12px}.matrix td{border-left:2px solid var(--card);min-width:104px;padding-right:12px}
.matrix td .line{display:inline-block;min-width:5.5em}
${Array.from({ length: 11 }, (_, n) => `.heat-${n}{background:color-mix(in srgb,var(--fail) ${n * 4}%,transparent)}`).join('')}
.matrix td .line{color:inherit}
.facts th{width:13em;vertical-align:top;color:var(--soft);font-weight:400}.facts td{vertical-align:top}
.scroll:has(.trend){direction:rtl}.trend{direction:ltr;display:block;width:100%;min-width:640px;height:auto}.trend text{font-size:12px;fill:var(--soft)}
.span{stroke:var(--bar);stroke-width:6;stroke-linecap:round;fill:none}.path{stroke:var(--dot);stroke-width:1.5;fill:none;stroke-linejoin:round}
.dot{stroke:var(--card);stroke-width:1.5;fill:var(--tone)}
.reasons{list-style:none;padding:0;margin:12px 0 0}.reasons li{display:grid;grid-template-columns:13em 1fr;gap:16px;padding:12px 0;border-top:1px solid var(--rule)}
.mark{display:flex;gap:8px;align-items:flex-start;color:var(--tone)}.mark .icon{margin-top:.15em}.mark code{display:block;font-weight:400;color:var(--soft);font-size:12.5px}
.crossed{width:auto;margin:16px 0}.crossed td,.crossed thead th{min-width:110px}
.crossed .turned{font-weight:600}
details{border-top:1px solid var(--rule);padding:9px 0}details[open]{padding-bottom:14px}summary{font-weight:500}summary:hover{color:var(--link)}
section>details:first-of-type{margin-top:12px}
.ids{font-size:13px;line-height:1.7}
.answer{padding:14px 0;border-top:1px solid var(--rule)}.answer h3{margin:0 0 8px}
.answer pre{white-space:pre-wrap;unicode-bidi:isolate;max-height:26em;overflow:auto;background:var(--page);border:1px solid var(--rule);border-radius:6px;padding:10px 12px;margin:4px 0 12px;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.cut{font-size:13px;color:var(--soft);margin:-6px 0 12px}
.answer img{display:block;max-width:min(100%,480px);height:auto;margin:8px 0;filter:blur(28px);clip-path:inset(0);border-radius:6px}
.answer label:has(:checked)~img{filter:none}
.notice{background:color-mix(in srgb,var(--open) 9%,var(--card));border:1px solid color-mix(in srgb,var(--open) 35%,var(--card));border-radius:8px;padding:9px 14px;margin-top:12px;font-size:14px}
footer{font-size:13px;margin-top:24px}
@media(max-width:640px){.page{padding:18px 14px 36px}section{padding:16px 16px 18px}.outcome{font-size:26px}h1{font-size:20px}.why{font-size:16px}.reasons li{grid-template-columns:1fr;gap:4px}.facts th{width:8.5em}th,td{padding:6px 8px}.scroll tbody th{position:sticky;left:-8px;background:var(--card);z-index:1;white-space:normal;min-width:104px}.value{font-size:24px}.trend text{font-size:19px}.crossed td,.crossed thead th{min-width:0}}
@media print{body{background:#fff}.theme,.skip{display:none}section{break-inside:avoid;border:0;padding:12px 0}}
`;
