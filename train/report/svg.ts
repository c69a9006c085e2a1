import { parse, resetSVGDefIds, View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { compile } from 'vega-lite';

/** A chart in the words of Vega-Lite. */
export type ChartSpec = TopLevelSpec;

/** Draws a chart as an SVG image, without a browser; the same chart gives the same bytes. */
export async function renderSvg(chart: ChartSpec): Promise<string> {
  // Names of clip paths are counted through the whole process.
  resetSVGDefIds();
  const view = new View(parse(compile(chart).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
