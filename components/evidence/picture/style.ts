/** Colours of the picture, light and dark: what it is put into need not know them. */
export const STYLE: string = `
.mlc{--paper:#fff;--ink:#1b2430;--soft:#5d6b7c;--grid:#e6eaf0;--axis:#9aa7b6;--harm:#c62f3b;--fine:#12805c;--stable:#5f7690;--candidate:#d97a00;--all:#1b2430;--g0:#2f6fde;--g1:#9a4fc9;--g2:#0e8f9c;--g3:#b8567f;--g4:#7a7a1e;--g5:#4b56c0;font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
@media (prefers-color-scheme:dark){.mlc{--paper:#11161d;--ink:#e7edf4;--soft:#95a3b5;--grid:#242d38;--axis:#566373;--harm:#ff6b72;--fine:#3ecf98;--stable:#8fa6bf;--candidate:#ffab3d;--all:#f4f7fa;--g0:#6ea3ff;--g1:#cf93f2;--g2:#4fd0dc;--g3:#f08fb6;--g4:#cfcf5e;--g5:#9ba4ff}}
.mlc text{fill:var(--ink);font-size:13px}.mlc .paper{fill:var(--paper)}
.mlc .title{font-size:26px;font-weight:650}.mlc .title.rollback{fill:var(--harm)}.mlc .title.promote{fill:var(--fine)}
.mlc .reason{font-size:15px}.mlc .heading{font-size:15px;font-weight:650}.mlc .muted{fill:var(--soft)}
.mlc .tick{fill:var(--soft);font-size:12px}.mlc .small{font-size:11px}.mlc .end{text-anchor:end}.mlc .mid{text-anchor:middle}
.mlc line{stroke-width:1}.mlc .grid{stroke:var(--grid)}.mlc .axis{stroke:var(--axis)}.mlc .step{stroke:var(--axis);stroke-dasharray:2 3}
.mlc .curve{fill:none;stroke:var(--c);stroke-width:1.6;stroke-linejoin:round}.mlc .curve.all{stroke-width:3}.mlc .name{font-weight:600;font-size:12px}.mlc text.name{fill:var(--c)}
.mlc .lead{stroke:var(--c);opacity:.6}.mlc .threshold{stroke:var(--c);stroke-width:1.5;stroke-dasharray:7 4}
.mlc rect.stable,.mlc rect.candidate{fill:var(--c)}.mlc text.small.stable,.mlc text.small.candidate{fill:var(--c);font-weight:600}.mlc .area{fill:var(--candidate);opacity:.18}
.mlc .harm{--c:var(--harm)}.mlc .fine{--c:var(--fine)}.mlc .soft{--c:var(--soft)}.mlc .stable{--c:var(--stable)}.mlc .candidate{--c:var(--candidate)}.mlc .all{--c:var(--all)}
${[0, 1, 2, 3, 4, 5].map((i) => `.mlc .g${i}{--c:var(--g${i})}`).join("")}
`.trim();

/** How many guards have a colour of their own; the ones after share them. */
export const GUARD_COLOURS = 6;
