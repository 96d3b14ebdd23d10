/** The HTML report's script: sorting and the theme. Without it everything is there to be read. */
export const SCRIPT = `
'use strict';
for (const table of document.querySelectorAll('table[data-sortable]')) {
  const body = table.tBodies[0];
  const first = [...body.rows];
  for (const head of table.tHead.rows[0].cells) {
    const button = head.querySelector('button');
    if (!button) continue;
    button.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      const next = now === null ? 'descending' : now === 'descending' ? 'ascending' : null;
      if (next === null) return body.append(...first);
      head.setAttribute('aria-sort', next);
      const value = row => row.cells[head.cellIndex].dataset.value;
      const sign = next === 'ascending' ? 1 : -1;
      body.append(...first.toSorted((a, b) => compare(value(a), value(b), sign)));
    });
  }
}
function compare(a, b, sign) {
  // What has no number stands last in either direction.
  if (a === '' || b === '') return (a === '') - (b === '');
  return sign * (isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b);
}
const themes = ['auto', 'light', 'dark'];
const root = document.documentElement;
const button = document.querySelector('.theme');
const show = theme => {
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
  button.textContent = 'Theme: ' + theme;
};
let theme = 'auto';
try { theme = themes.find(each => each === localStorage.getItem('theme')) ?? 'auto'; } catch {}
show(theme);
button.hidden = false;
button.addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  show(theme);
  try { localStorage.setItem('theme', theme); } catch {}
});
`;
