import { expect, test } from 'vitest';
import { createPacketBatch, PACKET_WORDS, type PacketBatch } from '#core/packet-batch.ts';
import { createReplay } from './replay.ts';

const STARTED_MS = 5000;

function batchAt(...timesUs: number[]): PacketBatch {
  const batch = createPacketBatch(timesUs.length);
  timesUs.forEach((timeUs, i) => (batch.f64[(i * PACKET_WORDS) / 2] = timeUs));
  batch.count = timesUs.length;
  return batch;
}

/** A replay whose clock stands still but for its own sleeps. */
function replayAt(speed: number | 'max', stopAtMs = Infinity) {
  let nowMs = STARTED_MS;
  const taken: [number, number][] = [];
  const reached: number[] = [];
  const replay = createReplay({
    speed,
    startedMs: STARTED_MS,
    now: () => nowMs,
    sleep: (milliseconds) => (nowMs += milliseconds),
    stopped: () => nowMs >= stopAtMs,
    onTime: (timeUs) => reached.push(timeUs / 1000 - STARTED_MS),
    onBatch(batch) {
      for (let i = 0; i < batch.count; i++) {
        taken.push([nowMs - STARTED_MS, batch.f64[(i * PACKET_WORDS) / 2] / 1000 - STARTED_MS]);
      }
    },
  });
  return { replay, taken, reached };
}

test('packets come at their own pace, the first one now', () => {
  const { replay, taken } = replayAt(1);
  replay.take(batchAt(7_000_000, 7_000_000, 7_100_000, 7_350_000));
  expect(taken).toEqual([
    [0, 0],
    [0, 0],
    [100, 100],
    [350, 350],
  ]);
});

test('at twice the speed the clock runs half as long and packet time is the same', () => {
  const { replay, taken, reached } = replayAt(2);
  replay.take(batchAt(0, 200_000));
  expect(taken).toEqual([
    [0, 0],
    [100, 200],
  ]);
  expect(reached).toEqual([0, 100]);
});

test('at full speed nothing waits and packet time still runs on from now', () => {
  const { replay, taken } = replayAt('max');
  replay.take(batchAt(1_000_000, 3_000_000));
  expect(taken).toEqual([
    [0, 0],
    [0, 2000],
  ]);
});

test('a new round begins a second after the last packet', () => {
  const { replay, taken } = replayAt('max');
  replay.take(batchAt(1_000_000, 1_500_000));
  replay.startRound();
  replay.take(batchAt(1_000_000, 1_500_000));
  expect(taken.map(([, packetMs]) => packetMs)).toEqual([0, 500, 1500, 2000]);
  expect(replay.packetTimeUs()).toBe((STARTED_MS + 2000) * 1000);
});

test('a stop ends the waiting', () => {
  const { replay, taken } = replayAt(1, STARTED_MS + 200);
  replay.take(batchAt(0, 3_600_000_000));
  expect(taken).toEqual([[0, 0]]);
});
