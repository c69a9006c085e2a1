import type { DetectorResult, EvaluationReport } from './evaluation-report.ts';
import { resultOf } from './evaluation-report.ts';
import { DETECTOR_NAMES, SPLIT_FACTS, type DetectorName, type SplitName } from './names.ts';
import type { ChartSpec } from './svg.ts';

/** A picture of the report. */
export interface Chart {
  /** Its file is `evaluation-<name>.svg`. */
  readonly name: 'scores' | 'recall' | 'delay' | 'attacks';
  readonly title: string;
  readonly spec: ChartSpec;
}

/** Okabe and Ito's colours, which most colour-blind people tell apart too. */
const DETECTOR_COLOURS: Readonly<Record<DetectorName, string>> = {
  combined: '#000000',
  clstm: '#0072B2',
  novelty: '#009E73',
  'random-forest': '#D55E00',
  'tree-5': '#E69F00',
  quantiles: '#CC79A7',
  'isolation-forest': '#56B4E9',
};
const ORDINARY_COLOUR = '#0072B2';
const ATTACK_COLOUR = '#D55E00';
const LAYOUT = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  config: {
    view: { stroke: '#ddd' },
    axis: { gridColor: '#eee', labelLimit: 300 },
    title: { fontSize: 11, fontWeight: 'normal' as const },
    font: 'sans-serif',
  },
} as const;

/** A line between two rows, not through them. */
const ROWS = { grid: true, tickBand: 'extent' } as const;

/** Splits that are drawn, in this order. */
const DRAWN: readonly SplitName[] = ['run', 'family-hold-out', 'cross-lab'];

/** The charts for which the report has figures. */
export function chartsOf(report: EvaluationReport): Chart[] {
  const charts = [scoreChart(report), recallChart(report), delayChart(report), attackChart(report)];
  return charts.filter((chart) => chart !== null);
}

function scoreChart(report: EvaluationReport): Chart | null {
  const panels = DRAWN.flatMap((split) =>
    (['combined', 'clstm', 'novelty'] as const).flatMap((detector) => {
      const histogram = resultOf(report, split, detector)?.windows?.histogram;
      if (!histogram) return [];
      const { low, high, ordinary, attack } = histogram;
      const values = [
        { kind: 'ordinary', shares: ordinary },
        { kind: 'attack', shares: attack },
      ].flatMap(({ kind, shares }) =>
        shares.map((share, i) => ({
          kind,
          share,
          from: low + ((high - low) * i) / shares.length,
          to: low + ((high - low) * (i + 1)) / shares.length,
        })),
      );
      return [
        {
          title: `${detector}: ${SPLIT_FACTS[split].title.toLowerCase()}`,
          width: 230,
          height: 100,
          data: { values },
          mark: { type: 'bar' as const, opacity: 0.6, binSpacing: 0 },
          encoding: {
            x: { field: 'from', type: 'quantitative' as const, bin: 'binned' as const, title: 'score' },
            x2: { field: 'to' },
            // The square root shows the few windows that matter beside the many in one bin.
            y: {
              field: 'share',
              type: 'quantitative' as const,
              title: 'share',
              stack: null,
              scale: { type: 'sqrt' as const },
            },
            color: {
              field: 'kind',
              type: 'nominal' as const,
              title: null,
              scale: { domain: ['ordinary', 'attack'], range: [ORDINARY_COLOUR, ATTACK_COLOUR] },
            },
          },
        },
      ];
    }),
  );
  if (panels.length === 0) return null;
  return {
    name: 'scores',
    title: 'Scores of ordinary and attack windows',
    spec: { ...LAYOUT, columns: 3, spacing: 15, concat: panels },
  };
}

function recallChart(report: EvaluationReport): Chart | null {
  const panels = DRAWN.flatMap((split) => {
    const values = DETECTOR_NAMES.flatMap((detector) =>
      (resultOf(report, split, detector)?.windows?.curve ?? []).map((point) => ({ detector, ...point })),
    );
    if (values.length === 0) return [];
    return [
      {
        title: SPLIT_FACTS[split].title,
        width: 230,
        height: 230,
        data: { values },
        mark: { type: 'line' as const, point: { size: 18 }, strokeWidth: 1.5 },
        encoding: {
          x: {
            field: 'falsePositiveRate',
            type: 'quantitative' as const,
            title: 'false-positive rate',
            scale: { type: 'log' as const, domain: [1e-4, 1] },
            axis: { values: [1e-4, 1e-3, 1e-2, 1e-1, 1], format: '~%' },
          },
          y: { field: 'recall', type: 'quantitative' as const, title: 'recall (windows)', scale: { domain: [0, 1] } },
          color: {
            field: 'detector',
            type: 'nominal' as const,
            title: null,
            scale: { domain: [...DETECTOR_NAMES], range: DETECTOR_NAMES.map((name) => DETECTOR_COLOURS[name]) },
          },
        },
      },
    ];
  });
  if (panels.length === 0) return null;
  return { name: 'recall', title: 'Recall over false-positive rate', spec: { ...LAYOUT, columns: 3, concat: panels } };
}

function delayChart(report: EvaluationReport): Chart | null {
  const rows = attacksOf(report, report.subject.product);
  const found = rows.flatMap(({ label, attack }) =>
    attack.delaysS.flatMap((delayS) => (delayS === null ? [] : [{ label, delayS: Math.max(0.1, delayS) }])),
  );
  const never = rows.flatMap(({ label, attack }) => {
    const missed = attack.delaysS.filter((delayS) => delayS === null).length;
    return missed > 0 ? [{ label, text: `${missed} never` }] : [];
  });
  const medians = rows.map(({ label, attack }) => ({ label, medianS: attack.delay.medianS }));
  if (rows.length === 0) return null;

  const y = { field: 'label', type: 'nominal' as const, title: null, sort: rows.map(({ label }) => label), axis: ROWS };
  const most = Math.max(10, ...found.map(({ delayS }) => delayS));
  const x = {
    field: 'delayS',
    type: 'quantitative' as const,
    title: 'seconds from the first malicious packet to the first alert',
    scale: { type: 'log' as const, domain: [0.1, most * 4] },
    axis: { values: [0.1, 1, 10, 100, 1000], format: '~r' },
  };
  return {
    name: 'delay',
    title: 'Delay of the first alert, each run and the median',
    spec: {
      ...LAYOUT,
      width: 520,
      height: { step: 18 },
      layer: [
        {
          data: { values: found },
          mark: { type: 'point', filled: true, opacity: 0.45, color: ORDINARY_COLOUR },
          encoding: { x, y },
        },
        {
          // Of all runs, those never found too: there is none where half were missed.
          data: { values: medians.filter(({ medianS }) => medianS !== null) },
          mark: { type: 'tick', thickness: 2, color: 'black' },
          encoding: { x: { ...x, field: 'medianS' }, y },
        },
        {
          data: { values: never },
          mark: { type: 'text', align: 'right', fontSize: 10, color: ATTACK_COLOUR },
          encoding: { x: { value: 516 }, y, text: { field: 'text' } },
        },
      ],
    },
  };
}

function attackChart(report: EvaluationReport): Chart | null {
  const { product } = report.subject;
  const judged = DETECTOR_NAMES.filter((detector) => attacksOf(report, detector).length > 0);
  const values = judged.flatMap((detector) =>
    attacksOf(report, detector).map(({ label, attack: { found } }) => ({
      label,
      detector,
      recall: found.successes / found.trials,
      low: found.low,
      high: found.high,
    })),
  );
  if (values.length === 0) return null;

  const own = values.filter(({ detector }) => detector === product);
  const y = {
    field: 'label',
    type: 'nominal' as const,
    title: null,
    sort: attacksOf(report, product).map(({ label }) => label),
    axis: ROWS,
  };
  const x = {
    field: 'recall',
    type: 'quantitative' as const,
    title: 'share of runs found at the operating budget',
    scale: { domain: [0, 1] },
  };
  // A little apart, or detectors that found equally many would hide each other.
  const yOffset = { field: 'detector', type: 'nominal' as const, scale: { domain: judged } };
  const color = {
    field: 'detector',
    type: 'nominal' as const,
    title: null,
    scale: { domain: judged, range: judged.map((name) => DETECTOR_COLOURS[name]) },
  };
  return {
    name: 'attacks',
    title: 'Runs found, with 95 % intervals of the product',
    spec: {
      ...LAYOUT,
      width: 460,
      height: { step: 26, for: 'position' },
      layer: [
        {
          data: { values: own },
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset },
        },
        {
          data: { values: values.filter(({ detector }) => detector !== product) },
          mark: { type: 'point', size: 28, strokeWidth: 1.2 },
          encoding: { x, y, yOffset, color },
        },
        {
          data: { values: own },
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { x, y, yOffset, color },
        },
      ],
    },
  };
}

/** The attacks of the drawn splits; the label says from which one. */
function attacksOf(report: EvaluationReport, detector: DetectorName) {
  const ending: Partial<Record<SplitName, string>> = {
    run: '',
    'family-hold-out': ' (held out)',
    'cross-lab': ' (other lab)',
  };
  return DRAWN.flatMap((split) => attacksIn(resultOf(report, split, detector), ending[split] ?? ''));
}

function attacksIn(result: DetectorResult | null, ending: string) {
  return (result?.runs?.attacks ?? []).map((attack) => ({ label: `${attack.scenario}${ending}`, attack }));
}
