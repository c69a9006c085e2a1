import { FAMILIES } from '#core/family.ts';
import { formatEstimate, formatFraction, formatNumber } from '../report/format.ts';
import type { AblationResult, Circumstances } from './results.ts';
import { VARIANTS } from './variants.ts';

/** All results as Markdown: each training, recall by family, and seeds where a variant was trained with several. */
export function renderAblations(circumstances: Circumstances, results: readonly AblationResult[]): string {
  const ordered = VARIANTS.flatMap(({ name }) =>
    results.filter(({ variant }) => variant === name).toSorted((a, b) => a.seed - b.seed),
  );
  return `${[summaryOf(circumstances), trainings(ordered), byFamily(ordered), ...bySeeds(ordered)].join('\n\n')}\n`;
}

function summaryOf({ protocol, epochs, inventions, ...counts }: Circumstances): string {
  return (
    `Split "${protocol}", ${epochs} epochs on ${counts.trainingWindows} windows (${inventions} inventions among their ` +
    `captures); measured on ${counts.testWindows} windows of ${counts.testRuns} runs, ${counts.ordinaryWindows} of them ` +
    'ordinary. Recall at the share of ordinary windows flagged, with its 95 % interval (bootstrap by run).'
  );
}

function trainings(results: readonly AblationResult[]): string {
  return table(
    ['variant', 'seed', 'recall at 1 %', 'recall at .1 %', 'windows', 'loss', 'training, CPU'],
    results.map(({ variant, seed, windows, loss, cpuS, figures }) => [
      titleOf(variant),
      String(seed),
      formatEstimate(figures.atOneInHundred),
      formatEstimate(figures.atOneInThousand),
      String(windows),
      loss.toFixed(4),
      `${formatNumber(cpuS / 60)} min`,
    ]),
  );
}

/** The first seed of each variant. */
function byFamily(results: readonly AblationResult[]): string {
  const first = [...Map.groupBy(results, ({ variant }) => variant).values()].map(([result]) => result);
  const families = FAMILIES.filter((family) => first.some(({ figures }) => recallOf(figures, family) !== undefined));
  return table(
    ['recall at .1 %', ...families],
    first.map(({ variant, figures }) => [
      variant,
      ...families.map((family) => {
        const value = recallOf(figures, family)?.value ?? null;
        return value === null ? '-' : formatFraction(value);
      }),
    ]),
  );
}

function bySeeds(results: readonly AblationResult[]): string[] {
  const several = [...Map.groupBy(results, ({ variant }) => variant)].filter(([, own]) => own.length > 1);
  if (several.length === 0) return [];
  const spread = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return '-';
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return `${formatFraction(mean)} (${formatFraction(Math.min(...known))}-${formatFraction(Math.max(...known))})`;
  };
  return [
    table(
      ['mean over seeds (lowest-highest)', 'seeds', 'recall at 1 %', 'recall at .1 %'],
      several.map(([variant, own]) => [
        titleOf(variant),
        own.map(({ seed }) => seed).join(', '),
        spread(own.map(({ figures }) => figures.atOneInHundred.value)),
        spread(own.map(({ figures }) => figures.atOneInThousand.value)),
      ]),
    ),
  ];
}

function recallOf({ families }: AblationResult['figures'], family: string) {
  return families.find((own) => own.family === family)?.recall;
}

function titleOf(variant: string): string {
  return VARIANTS.find(({ name }) => name === variant)?.title ?? variant;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
