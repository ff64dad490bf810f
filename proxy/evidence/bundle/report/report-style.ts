/** The looks of the report, on a screen and on A4 or Letter paper. It loads nothing. */
export const reportStyle = `
@page { margin: 18mm 16mm 20mm; }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 190mm; padding: 8mm; color: #16181d; background: #fff; font: 10.5pt/1.45 "Liberation Sans", Arial, Helvetica, sans-serif; }
h1 { margin: 0 0 1mm; font-size: 20pt; line-height: 1.2; }
h2 { margin: 10mm 0 2mm; padding-bottom: 1mm; border-bottom: 0.5pt solid #16181d; font-size: 14pt; break-after: avoid; }
h3 { margin: 6mm 0 2mm; font-size: 11.5pt; break-after: avoid; }
p { margin: 0 0 2.5mm; orphans: 3; widows: 3; }
.lead { color: #4a4f5a; }
.note { margin: 3mm 0; padding: 2.5mm 3.5mm; border-left: 2pt solid #8a6d1f; background: #fbf6e6; break-inside: avoid; }
table { width: 100%; border-collapse: collapse; }
.facts { margin: 0 0 3mm; }
.facts th { width: 45mm; padding: 1mm 3mm 1mm 0; text-align: left; vertical-align: top; font-weight: normal; color: #4a4f5a; }
.facts td { padding: 1mm 0; vertical-align: top; overflow-wrap: anywhere; }
.facts tr, .statement { break-inside: avoid; }
.hash, pre, .code, td.value { font-family: "Liberation Mono", Menlo, Consolas, monospace; font-size: 8.5pt; }
.hash { overflow-wrap: anywhere; }
.statement { margin: 0 0 4mm; border-top: 0.5pt solid #c3c7cf; padding-top: 1.5mm; }
.statement.long { break-inside: auto; }
.statement header { display: flex; flex-wrap: wrap; gap: 0 4mm; font-size: 9pt; color: #4a4f5a; }
.statement header b { color: #16181d; }
pre { margin: 1mm 0; padding: 1.5mm 2.5mm; background: #f4f5f7; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.parameters { margin: 1mm 0; font-size: 9pt; }
.parameters th { padding: 0.5mm 3mm 0.5mm 0; text-align: left; font-weight: normal; color: #4a4f5a; }
.parameters td { padding: 0.5mm 3mm 0.5mm 0; vertical-align: top; }
td.value { width: 60%; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.failed { color: #9d1c1c; }
.withheld { padding: 0 1.2mm; background: #16181d; color: #fff; font-size: 8pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.claimed { padding: 0 1.2mm; border: 0.5pt solid #8a6d1f; color: #6b5310; font-size: 8pt; }
.code { padding: 0 0.6mm; background: #f3dede; color: #7d1616; }
.session { break-before: page; }
.certification { break-before: page; }
.blank { display: inline-block; min-width: 55mm; border-bottom: 0.5pt solid #16181d; }
.signature { margin-top: 16mm; display: flex; gap: 10mm; }
.signature span { flex: 1; border-top: 0.5pt solid #16181d; padding-top: 1mm; font-size: 9pt; color: #4a4f5a; }
@media print { body { max-width: none; padding: 0; } a { color: inherit; text-decoration: none; } }
`;
