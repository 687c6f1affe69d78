/** The look of the reference page: calm, one warm colour, light and dark. */
export const REFERENCE_STYLE = `
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
html { scroll-padding-top: 16px; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.5 Inter, system-ui, sans-serif;
}
.page { display: grid; grid-template-columns: 256px minmax(0, 800px); gap: 32px 48px; max-width: 1152px; margin: 0 auto; padding: 32px 24px 96px; }
header { grid-column: 1 / -1; }
nav { position: sticky; top: 32px; align-self: start; max-height: calc(100vh - 64px); overflow: auto; font-size: 13px; }
nav h2 { margin: 0 0 4px; font-size: 13px; font-weight: 600; }
nav ul { list-style: none; margin: 0 0 24px; padding: 0; }
nav a { display: block; padding: 4px 0; color: var(--quiet); text-decoration: none; }
nav a:hover, nav a:focus-visible { color: var(--text); }
h1 { margin: 0 0 8px; font-size: 32px; line-height: 1.2; font-weight: 600; }
h2 { font-size: 24px; line-height: 1.3; margin: 0 0 16px; font-weight: 600; }
section + section { margin-top: 64px; }
a { color: var(--alive); }
p { margin: 8px 0; }
.quiet, dt { color: var(--quiet); }
article { border-top: 1px solid var(--line); padding: 32px 0; }
h3 { margin: 0 0 8px; font-size: 18px; line-height: 1.4; font-weight: 600; }
.call { font: 600 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; margin: 0 0 8px; }
.call b { color: var(--alive); }
code, pre { font: 13px/1.6 ui-monospace, monospace; }
pre { margin: 4px 0 16px; padding: 16px; overflow: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
h4 { margin: 16px 0 4px; font-size: 13px; font-weight: 600; color: var(--quiet); }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--quiet); }
td, th { padding: 8px 16px 8px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
summary { cursor: pointer; font-size: 13px; font-weight: 600; color: var(--quiet); padding: 4px 0; }
:focus-visible { outline: 2px solid var(--alive); outline-offset: 2px; border-radius: 4px; }
@media (max-width: 800px) {
  .page { grid-template-columns: minmax(0, 1fr); gap: 16px; padding: 24px 16px 64px; }
  nav { position: static; max-height: none; }
}
`;
