/** Words whose contrast with what is behind them is under 4.5 (WCAG 2.2, 1.4.3). Runs in the page. */
export function faintWords(): readonly string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) return ['no canvas'];
  const paint = (colours: readonly string[]): readonly number[] => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = rgb.map(value => {
      const channel = value / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element): readonly string[] => {
    const colours: string[] = [];
    for (let at: Element | null = element; at; at = at.parentElement)
      colours.unshift(getComputedStyle(at).backgroundColor);
    return colours;
  };
  return [...document.querySelectorAll('body *')]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent?.trim()))
    .filter(each => !each.closest('script,style,.hidden') && each.getClientRects().length > 0)
    .flatMap(each => {
      const { color, fill, opacity } = getComputedStyle(each);
      const back = behind(each);
      const ink = each instanceof SVGElement ? fill : color;
      const [one, other] = [luminance(paint([...back, ink])), luminance(paint(back))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return contrast * Number(opacity) < 4.5
        ? [`${contrast.toFixed(1)} ${each.className} ${each.textContent?.slice(0, 30)}`]
        : [];
    });
}
