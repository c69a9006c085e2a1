import type { DetectorResult, EvaluationReport, SplitResult } from './evaluation-report.ts';
import { delayCells, formatEstimate, formatFalseAlerts, formatNumber, formatShare } from './format.ts';
import { SPLIT_FACTS, type DetectorName } from './names.ts';
import { judgeTargets } from './targets.ts';

const DETECTOR_TITLES: Readonly<Record<DetectorName, string>> = {
  combined: '**combined**',
  clstm: 'CLSTM alone',
  novelty: 'novelty alone',
  'random-forest': 'random forest',
  'tree-5': 'tree of depth 5',
  quantiles: 'quantile rule',
  'isolation-forest': 'isolation forest',
};

/** An image that the page shows. */
export interface Picture {
  /** Relative to the page. */
  readonly path: string;
  readonly title: string;
}

/** The page for people; the same report gives the same bytes. */
export function renderMarkdown(report: EvaluationReport, pictures: readonly Picture[]): string {
  const { subject } = report;
  const blocks = [
    '# Evaluation',
    `Written by \`make evaluate\` from \`data/\`; the same figures for machines are in [evaluation.json](evaluation.json).\nModel \`${subject.modelSha256.slice(0, 12)}\`, contract \`${subject.contract}\`. ${subject.training} ${subject.calibration}`,
    howToRead(report),
    '## Targets',
    table(
      ['asked', 'reached', 'met'],
      judgeTargets(report).map(({ asked, reached, isMet }) => [
        asked,
        reached,
        isMet === null ? 'open' : isMet ? 'yes' : '**no**',
      ]),
    ),
    ...pictures.map(({ path, title }) => `![${title}](${path})`),
    ...report.splits.flatMap((result) => splitBlocks(result, subject.product)),
    ...seedBlocks(report),
    '## What limits these figures',
    list(report.limits),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function howToRead({ subject }: EvaluationReport): string {
  return [
    'How to read it:',
    '',
    list([
      'Figures are followed by their 95 % interval. Shares of runs: exact (Clopper-Pearson). Figures on windows: bootstrap by run. False alerts: exact Poisson.',
      `Runs are judged as in service: thresholds from calibration data alone, at a budget of ${formatNumber(subject.budgetPerDay)} false alert a day per 100 workloads, evidence gathered over windows.`,
      'The delay runs from the first malicious packet to the first alert on an attacker or a victim, in packet time. An attack never found counts as an endless delay.',
      'Windows: the threshold is moved until the given share of ordinary windows is flagged. `-` where they are too few to say (rule of three).',
      'PR-AUC is re-weighted as if attacks were 1 % or .1 % of all windows.',
    ]),
  ].join('\n');
}

function splitBlocks(result: SplitResult, product: DetectorName): string[] {
  const { title, question } = SPLIT_FACTS[result.split];
  const size = `${result.attackRuns} runs with an attack, ${result.ordinaryRuns} without; ${formatNumber(result.attackWindows)} and ${formatNumber(result.ordinaryWindows)} windows.`;
  const own = result.detectors.find(({ detector }) => detector === product)?.runs;
  return [
    `## ${title}`,
    [question, size, result.note].filter((part) => part !== '').join(' '),
    ...runTable(result),
    ...windowTable(result),
    ...(own && own.attacks.length > 0 ? attackTables(result, product) : []),
    ...(own && own.lookAlikes.length > 0 ? lookAlikeTable(result) : []),
  ];
}

function runTable({ detectors }: SplitResult): string[] {
  const rows = detectors.flatMap(({ detector, runs }) =>
    runs
      ? [
          [
            DETECTOR_TITLES[detector],
            formatShare(runs.found),
            formatFalseAlerts(runs.falseAlerts),
            ...delayCells(runs.delay),
          ],
        ]
      : [],
  );
  if (rows.length === 0) return [];
  return [
    table(
      ['runs, at the budget', 'found', 'false alerts a day per 100 workloads', 'delay, median', 'delay, p95', 'never'],
      rows,
    ),
  ];
}

function windowTable({ detectors }: SplitResult): string[] {
  const measured = detectors.flatMap(({ detector, windows }) => (windows ? [{ detector, windows }] : []));
  if (measured.length === 0) return [];
  const { recallAt, areas } = measured[0].windows;
  const reasons = new Set(
    measured.flatMap(({ windows }) => [...windows.recallAt, ...windows.areas].map(({ reason }) => reason)),
  );
  reasons.delete('');
  const blocks = [
    table(
      [
        'windows',
        ...recallAt.map(({ falsePositiveRate }) => `recall at ${inPercent(falsePositiveRate)}`),
        ...areas.map(({ prevalence }) => `PR-AUC at ${inPercent(prevalence)}`),
      ],
      measured.map(({ detector, windows }) => [
        DETECTOR_TITLES[detector],
        ...[...windows.recallAt, ...windows.areas].map(formatEstimate),
      ]),
    ),
  ];
  if (reasons.size > 0) blocks.push(`No figure: ${[...reasons].join('; ')}.`);
  return blocks;
}

/** The product on each attack, then every detector's share of runs found in the same rows. */
function attackTables({ detectors }: SplitResult, product: DetectorName): string[] {
  const judged = detectors.flatMap(({ detector, runs }) => (runs ? [{ detector, runs }] : []));
  const own = judged.find(({ detector }) => detector === product)?.runs.attacks ?? [];
  const others = judged.filter(({ detector }) => detector !== product);
  const blocks = [
    table(
      ['attack', 'family', 'found', 'named rightly', 'delay, median', 'delay, p95', 'never'],
      own.map((attack) => [
        attack.scenario,
        attack.family,
        formatShare(attack.found),
        attack.named ? `${attack.named.successes} of ${attack.named.trials}` : '-',
        ...delayCells(attack.delay),
      ]),
    ),
  ];
  if (others.length > 0) {
    blocks.push(
      table(
        ['found, of', ...[product, ...others.map(({ detector }) => detector)].map((name) => DETECTOR_TITLES[name])],
        own.map(({ scenario, found }) => [
          `${scenario}, ${found.trials}`,
          String(found.successes),
          ...others.map(({ runs }) =>
            String(runs.attacks.find((attack) => attack.scenario === scenario)?.found.successes ?? '-'),
          ),
        ]),
      ),
    );
  }
  return blocks;
}

function lookAlikeTable({ detectors }: SplitResult): string[] {
  const judged = detectors.flatMap(({ detector, runs }) => (runs ? [{ detector, runs }] : []));
  const scenarios = judged[0].runs.lookAlikes;
  const cell = ({ runs }: { runs: NonNullable<DetectorResult['runs']> }, scenario: string) => {
    const result = runs.lookAlikes.find((candidate) => candidate.scenario === scenario);
    return result ? String(result.alerts) : '-';
  };
  return [
    table(
      ['alerts on look-alikes', 'runs', ...judged.map(({ detector }) => DETECTOR_TITLES[detector])],
      scenarios.map(({ scenario, alerted }) => [
        scenario,
        String(alerted.trials),
        ...judged.map((one) => cell(one, scenario)),
      ]),
    ),
  ];
}

function seedBlocks({ overSeeds }: EvaluationReport): string[] {
  if (overSeeds.length === 0) return [];
  return [
    '## Models that differ in their seed alone',
    table(
      ['split', 'detector', 'figure', 'models', 'lowest', 'mean', 'highest'],
      overSeeds.map(({ split, detector, figure, values }) => [
        SPLIT_FACTS[split].title,
        DETECTOR_TITLES[detector],
        figure,
        String(values.length),
        formatNumber(Math.min(...values)),
        formatNumber(values.reduce((sum, value) => sum + value, 0) / values.length),
        formatNumber(Math.max(...values)),
      ]),
    ),
  ];
}

function inPercent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
