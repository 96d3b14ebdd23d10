import type { Report } from './report.ts';
import { given } from './words.ts';

/** Blue for the rates and red for the ceiling, on whatever the page is: light or dark, both can be seen. */
const SETTINGS = {
  themeVariables: { xyChart: { backgroundColor: 'transparent', plotColorPalette: '#4a86cf, #d1373f' } },
  xyChart: { width: 820, height: 300 },
};

/**
 * A bar for each scenario that has a rate, by its number, and the ceiling for the whole as a line; in the words of
 * Mermaid, which GitHub draws. Empty with fewer than two bars.
 */
export function chart({ estimates, policy: { maxAsr } }: Report): string {
  const bars = (estimates?.byScenario ?? []).flatMap(({ scenario, rate }) =>
    rate === null ? [] : [{ label: scenario.replaceAll(/\W/g, '').slice(0, 2), percent: 100 * rate }],
  );
  if (bars.length < 2) return '';
  const highest = Math.max(...bars.map(({ percent }) => percent), maxAsr ?? 0);
  const top = Math.min(100, 10 * (Math.floor(highest / 10) + 1));
  return [
    '```mermaid',
    `%%{init: ${JSON.stringify(SETTINGS)}}%%`,
    'xychart-beta',
    `  title "Attack success rate by scenario${maxAsr === null ? '' : ', and the ceiling for the whole'} (per cent)"`,
    `  x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
    `  y-axis 0 --> ${top}`,
    `  bar [${bars.map(({ percent }) => percent.toFixed(1)).join(', ')}]`,
    ...(maxAsr === null ? [] : [`  line [${bars.map(() => given(maxAsr)).join(', ')}]`]),
    '```',
  ].join('\n');
}
