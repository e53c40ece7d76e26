import { escapeText } from "./markup.ts";

/** What a page is made of. `body` and `style` are markup. */
export interface Page {
  readonly title: string;
  readonly body: string;
  readonly style: string;
}

/** A page of its own: no script, and nothing is loaded. */
export const renderFrame = ({ title, body, style }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;

const STYLE = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 } td, th { padding: .1rem .8rem .1rem 0; text-align: left }
section { border-top: 1px solid #8884; margin-top: 1.5rem }
svg { max-width: 100%; height: auto } svg text { font-size: 10px; fill: currentColor }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
`;
