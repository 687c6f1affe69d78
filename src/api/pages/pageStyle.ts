/**
 * What every page but the overlay shares: calm, one warm colour, light and dark. Code is wrapped, so that all of it is seen and
 * nothing has to be scrolled sideways on a phone; copied, it is as it was written.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfaf8, #0d0e12);
  --surface: light-dark(#ffffff, #16181f);
  --line: light-dark(#e4e1db, #272a34);
  --text: light-dark(#1b1c20, #f3f1ec);
  --quiet: light-dark(#5d606b, #a2a5b1);
  --alive: light-dark(#c8192c, #ff5263);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 Inter, system-ui, sans-serif;
}
h1 { margin: 0 0 8px; font-size: 2rem; line-height: 1.2; font-weight: 600; }
h2 { margin: 0 0 16px; font-size: 1.5rem; line-height: 1.3; font-weight: 600; }
h3 { margin: 0 0 8px; font-size: 1.125rem; line-height: 1.4; font-weight: 600; }
a { color: var(--alive); }
p { margin: 8px 0; }
.quiet { color: var(--quiet); }
code, pre { font: 0.8125rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
pre {
  margin: 4px 0 16px;
  padding: 16px;
  white-space: pre-wrap;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 12px;
}
:focus-visible { outline: 2px solid var(--alive); outline-offset: 2px; border-radius: 4px; }
`;
