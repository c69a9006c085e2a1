import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { chartsOf } from './charts.ts';
import { EvaluationReport } from './evaluation-report.ts';
import { renderMarkdown } from './markdown.ts';
import { renderSvg } from './svg.ts';

/**
 * Writes `evaluation.json`, `evaluation.md` and `images/evaluation-*.svg` into the folder. Throws a ZodError for a report
 * that is not of its own schema: a figure that is not a number, say.
 */
export async function writeReport(report: EvaluationReport, directory: string): Promise<void> {
  const checked = EvaluationReport.parse(report);
  await mkdir(join(directory, 'images'), { recursive: true });
  const pictures = [];
  for (const { name, title, spec } of chartsOf(checked)) {
    const path = `images/evaluation-${name}.svg`;
    await writeFile(join(directory, path), await renderSvg(spec));
    pictures.push({ path, title });
  }
  const jsonPath = join(directory, 'evaluation.json');
  // As `npm run format` would have it, or the check of the format fails.
  const layout = { ...(await resolveConfig(jsonPath)), parser: 'json' };
  const json = await format(
    JSON.stringify(checked, (_, value: unknown) => rounded(value)),
    layout,
  );
  await writeFile(jsonPath, json);
  await writeFile(join(directory, 'evaluation.md'), renderMarkdown(checked, pictures));
}

/** Six digits: the last bits of logarithms may differ between machines. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
