import { expect, test } from 'vitest';
import { CONTEXT_WIDTH } from '#core/feature-batch.ts';
import { createEntityColumns } from './entity-columns.ts';
import { emptyReport, FACT_ENDED, FACT_OPENED, keepReport, readReport, REPORT_WIDTH } from './entity-report.ts';
import { rankOfNewcomer, writeNewcomer } from './newcomer.ts';

test('what is said of a newcomer is what its columns say, whatever its report', () => {
  const columns = createEntityColumns(1);
  const [told, counted] = [new Float64Array(CONTEXT_WIDTH), new Float64Array(CONTEXT_WIDTH)];
  let cases = 0;
  for (let facts = 0; facts < 64; facts++) {
    if ((facts & FACT_OPENED) !== 0 && (facts & FACT_ENDED) !== 0) continue;
    const bytes = facts * 1001;
    const report = { ...emptyReport(), facts, nowS: facts * 7.3, startS: facts, packets: 3, share1: 0.2, share10: 0.7 };
    Object.assign(report, { share60: 0.95, sent: bytes, received: bytes * 2 });

    columns.begin(0, report);
    columns.write(0, counted, 0);
    writeNewcomer(report, told, 0);
    expect([...told], `facts ${facts}`).toEqual([...counted]);
    expect(rankOfNewcomer(report)).toBe(columns.rank(0));
    cases++;
  }
  expect(cases).toBe(48);
});

test('a kept report is read again as it was', () => {
  const report = {
    nowS: 1.5,
    startS: -2,
    share1: 0.1,
    share10: 0.2,
    share60: 0.3,
    sent: 4,
    received: 5,
    packets: 6,
    facts: 7,
  };
  const kept = new Float64Array(2 * REPORT_WIDTH);
  keepReport(report, kept, REPORT_WIDTH);
  const back = emptyReport();
  readReport(kept, REPORT_WIDTH, back);
  expect(back).toEqual(report);
  expect([...kept.subarray(0, REPORT_WIDTH)]).toEqual([...new Float64Array(REPORT_WIDTH)]);
});
