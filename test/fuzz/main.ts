/**
 * Fuzzes the packet path: `node test/fuzz/main.ts packets [COUNT] [SEED]`, `node test/fuzz/main.ts files [COUNT] [SEED]`.
 * Ends by itself; the exit code is 0 only when nothing was wrong. A failure is told with the round's seed.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { createCorpus, fuzzPackets, ROUND_PACKETS } from './fuzz-packets.ts';
import { fuzzFiles, ROUND_FILES } from './fuzz-files.ts';
import { watchGrowth } from './growth.ts';

const DEFAULTS = { packets: 10_000_000, files: 100_000 } as const;
/** Share of the rounds after which memory should have found its size. */
const WARM_UP = 0.2;
const SECONDS_BETWEEN_LINES = 5;

const [kind, countText, seedText] = process.argv.slice(2);
if (kind !== 'packets' && kind !== 'files') {
  process.stderr.write('usage: node test/fuzz/main.ts packets|files [COUNT] [SEED]\n');
  process.exit(2);
}
const count = Number(countText ?? DEFAULTS[kind]);
const seed = Number(seedText ?? Date.now() % 1_000_000_000);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  process.stderr.write('COUNT must be a whole number above 0, SEED a whole number\n');
  process.exit(2);
}
process.exit((await fuzz(kind, count, seed)) ? 0 : 1);

/** Whether all went well. */
async function fuzz(what: 'packets' | 'files', total: number, firstSeed: number): Promise<boolean> {
  const perRound = what === 'packets' ? ROUND_PACKETS : ROUND_FILES;
  const corpus = what === 'packets' ? createCorpus(firstSeed) : null;
  const growth = watchGrowth();
  const startedAt = performance.now();
  let toldAt = startedAt;
  let refused = 0;
  process.stdout.write(`fuzzing ${total} ${what} with seed ${firstSeed}\n`);
  for (let done = 0, round = 0; done < total; round++) {
    const some = Math.min(perRound, total - done);
    try {
      if (corpus !== null) fuzzPackets(corpus, firstSeed + round, some);
      else refused += fuzzFiles(firstSeed + round, some).refused;
    } catch (error) {
      tellFailure(what, error, firstSeed, round, perRound);
      return false;
    }
    done += some;
    await turn(); // what a failed unpacking held is let go between turns of the event loop
    if (round === Math.ceil((total / perRound) * WARM_UP)) await growth.mark();
    if (performance.now() - toldAt > SECONDS_BETWEEN_LINES * 1000) {
      toldAt = performance.now();
      process.stdout.write(`${done} ${what}, ${Math.round((done / (toldAt - startedAt)) * 1000)} a second\n`);
    }
  }
  const problem = await growth.problem();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const note = what === 'files' ? `, ${refused} of them refused` : '';
  process.stdout.write(`${total} ${what} in ${seconds} s${note}: ${problem ?? 'nothing was wrong'}\n`);
  return problem === null;
}

/** The corpus of packets comes from the first seed, so a round is done again by all rounds up to it. */
function tellFailure(what: string, error: unknown, firstSeed: number, round: number, perRound: number): void {
  process.stderr.write(`FAILED in round ${round + 1}; again: node test/fuzz/main.ts ${what} `);
  const again = what === 'files' ? `${perRound} ${firstSeed + round}` : `${(round + 1) * perRound} ${firstSeed}`;
  process.stderr.write(`${again}\n`);
  for (let cause = error; cause instanceof Error; cause = cause.cause) process.stderr.write(`${cause.stack}\n`);
}
