import { expect, test } from 'vitest';
import { fuzzFiles } from './fuzz-files.ts';
import { createCorpus, fuzzPackets } from './fuzz-packets.ts';
import { watchGrowth } from './growth.ts';

test('damaged packets are all in flows or in counted drops, with finite values, and memory does not grow', async () => {
  const corpus = createCorpus(1, 6000);
  const growth = watchGrowth();
  for (let round = 0; round < 6; round++) {
    fuzzPackets(corpus, round, 25_000);
    if (round === 2) await growth.mark();
  }
  expect(await growth.problem()).toBeNull();
});

test('damaged files are read or refused as bad input by their name, and no packet of them is lost', async () => {
  const growth = watchGrowth();
  let read = 0;
  let refused = 0;
  for (let round = 0; round < 5; round++) {
    const counts = fuzzFiles(round, 250);
    read += counts.read;
    refused += counts.refused;
    if (round === 2) await growth.mark();
  }
  expect(await growth.problem()).toBeNull();
  expect(read).toBeGreaterThan(250);
  expect(refused).toBeGreaterThan(250);
});
