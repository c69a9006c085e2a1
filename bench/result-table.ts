import type { CaptureKind } from './generate-capture.ts';
import type { Measurement, NotMeasured } from './measure.ts';
import { startTable } from './table.ts';

/** What one program took on one capture. */
export interface Result {
  readonly name: string;
  readonly packets: number;
  /** Null where it writes none. */
  readonly flows: number | null;
  readonly taken: Measurement | NotMeasured;
}

const TITLES: Readonly<Record<CaptureKind, string>> = {
  mixed: 'mixed traffic',
  mixed6: 'mixed, IPv6',
  flood: 'SYN flood',
  elephant: 'one elephant',
};

/** The table of the comparison; the first result of a capture is the one that the others are compared with. */
export function startResultTable(): { add(kind: CaptureKind, results: readonly Result[]): void } {
  const table = startTable([
    { title: 'capture', width: 13, isNumber: false },
    { title: 'program', width: 20, isNumber: false },
    { title: 'packets', width: 9, isNumber: true },
    { title: 'packets/s', width: 9, isNumber: true },
    { title: 'packets/CPU s', width: 13, isNumber: true },
    { title: 'of tcpdump', width: 10, isNumber: true },
    { title: 'RSS MiB', width: 7, isNumber: true },
    { title: 'flows', width: 9, isNumber: true },
  ]);
  return {
    add(kind, results) {
      const floor = results[0] === undefined ? null : perCpuSecond(results[0]);
      results.forEach((result, i) =>
        table.row([i === 0 ? TITLES[kind] : '', result.name, ...figuresOf(result, floor)]),
      );
    },
  };
}

function figuresOf(result: Result, floor: number | null): string[] {
  const { packets, taken, flows } = result;
  const own = perCpuSecond(result);
  if ('reason' in taken || own === null) return [count(packets), 'reason' in taken ? taken.reason : ''];
  return [
    count(packets),
    rate(packets / taken.wallSeconds),
    rate(own),
    floor === null ? '' : ratio(own / floor),
    taken.rssMib.toFixed(0),
    flows === null ? '' : count(flows),
  ];
}

function perCpuSecond({ packets, taken }: Result): number | null {
  return 'reason' in taken ? null : packets / taken.cpuSeconds;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1.29 M`, `70.1 k`, `812`. */
function rate(perSecond: number): string {
  if (perSecond >= 999_500) return `${(perSecond / 1e6).toFixed(2)} M`;
  return perSecond >= 1000 ? `${(perSecond / 1000).toPrecision(3)} k` : perSecond.toFixed(0);
}

/** `1.1` from one upwards, `1/2.7` below. */
function ratio(value: number): string {
  if (value >= 0.995) return value.toPrecision(2);
  const inverse = 1 / value;
  return `1/${inverse >= 100 ? inverse.toFixed(0) : inverse.toPrecision(2)}`;
}
