import { expect, test } from 'vitest';
import { pause } from './pause.ts';
import { runSideBySide } from './run-queue.ts';

const never = new AbortController().signal;

/** Works off items of which some are heavy, and notes how many were under way at most. */
async function watch(weights: readonly boolean[], jobs: number) {
  const items = weights.map((heavy, index) => ({ heavy, index }));
  const seen = { most: 0, mostHeavy: 0, begun: [] as number[] };
  const going = new Set<(typeof items)[number]>();
  await runSideBySide(items, { jobs, signal: never }, async (item) => {
    going.add(item);
    seen.begun.push(item.index);
    seen.most = Math.max(seen.most, going.size);
    seen.mostHeavy = Math.max(seen.mostHeavy, [...going].filter(({ heavy }) => heavy).length);
    await pause(5);
    going.delete(item);
  });
  return seen;
}

test('as many runs go on at once as there are jobs, and all are done', async () => {
  expect(await watch(Array<boolean>(7).fill(false), 3)).toMatchObject({ most: 3, begun: [0, 1, 2, 3, 4, 5, 6] });
});

test('of heavy runs only one goes on, and light ones overtake those that wait', async () => {
  const seen = await watch([true, true, false, false], 2);
  expect(seen).toMatchObject({ most: 2, mostHeavy: 1 });
  expect(seen.begun.slice(0, 2)).toEqual([0, 2]);
  expect(seen.begun.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
});

test('nothing is begun after an abort, and nothing at all is no error', async () => {
  const begun: number[] = [];
  const abort = new AbortController();
  const items = [1, 2, 3].map((number) => ({ heavy: false, number }));
  await runSideBySide(items, { jobs: 1, signal: abort.signal }, async ({ number }) => {
    begun.push(number);
    if (number === 2) abort.abort();
    await pause(1);
  });
  expect(begun).toEqual([1, 2]);
  await runSideBySide([], { jobs: 2, signal: never }, () => Promise.reject(new Error('called')));
});

test('the first error is thrown once what had begun has ended', async () => {
  let ended = 0;
  const items = [10, 1].map((ms) => ({ heavy: false, ms }));
  const all = runSideBySide(items, { jobs: 2, signal: never }, async ({ ms }) => {
    await pause(ms);
    ended++;
    if (ms === 1) throw new Error('broken');
  });
  await expect(all).rejects.toThrow('broken');
  expect(ended).toBe(2);
});
