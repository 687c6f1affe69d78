/** What the reference page has beside the style of every page. */
export const REFERENCE_STYLE = `
html { scroll-padding-top: 16px; }
.page {
  display: grid;
  grid-template-columns: 256px minmax(0, 800px);
  gap: 32px 48px;
  max-width: 1152px;
  margin: 0 auto;
  padding: 32px 24px 96px;
}
header { grid-column: 1 / -1; }
nav { position: sticky; top: 32px; align-self: start; max-height: calc(100vh - 64px); overflow: auto; font-size: 13px; }
nav h2 { margin: 0 0 4px; font-size: 13px; font-weight: 600; }
nav ul { list-style: none; margin: 0 0 24px; padding: 0; }
nav a { display: block; padding: 4px 0; color: var(--quiet); text-decoration: none; }
nav a:hover, nav a:focus-visible { color: var(--text); }
section + section { margin-top: 64px; }
article { border-top: 1px solid var(--line); padding: 32px 0; }
.call { font: 600 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; margin: 0 0 8px; }
.call b { color: var(--alive); }
h4 { margin: 16px 0 4px; font-size: 13px; font-weight: 600; color: var(--quiet); }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--quiet); }
td, th { padding: 8px 16px 8px 0; border-top: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
td:last-child { width: 100%; padding-right: 0; white-space: normal; }
td p { margin: 0; }
summary { cursor: pointer; font-size: 13px; font-weight: 600; color: var(--quiet); padding: 4px 0; }
@media (max-width: 800px) {
  .page { grid-template-columns: minmax(0, 1fr); padding: 24px 16px 64px; }
  nav { position: static; max-height: none; }
}
`;
