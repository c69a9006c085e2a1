import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { createDelayLine, type Direction } from './delay-line.ts';
import type { Path } from './paths.ts';

const PATH: Path = { ip: '20.0.0.1', oneWayMs: 30, jitterMs: 4, loss: 0, reordering: 0 };
const FAR: Path = { ...PATH, ip: '20.0.0.2', oneWayMs: 70, jitterMs: 0 };

function packet(src: string, dst: string): Buffer {
  const buffer = Buffer.alloc(20);
  buffer[0] = 0x45;
  for (const [offset, ip] of [
    [12, src],
    [16, dst],
  ] as const) {
    ip.split('.').forEach((part, index) => buffer.writeUInt8(Number(part), offset + index));
  }
  return buffer;
}

/** When packets sent one a millisecond to `ip` are due. */
function dueTimes(path: Partial<Path>, direction: Direction = 'out', count = 2_000): (number | null)[] {
  const line = createDelayLine([{ ...PATH, ...path }, FAR], createRandom(1));
  const one = direction === 'out' ? packet('10.0.0.1', PATH.ip) : packet(PATH.ip, '10.0.0.1');
  return Array.from({ length: count }, (_, nowMs) => line.dueMs(one, direction, nowMs));
}

test.each(['in', 'out'] as const)(
  'packets going %s take the path and its jitter, and keep their order',
  (direction) => {
    const due = dueTimes({}, direction).map(Number);
    expect(due).toEqual(due.toSorted((a, b) => a - b));
    const delays = due.map((dueMs, sentMs) => dueMs - sentMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(30);
    expect(new Set(delays.map((ms) => ms.toFixed(6))).size).toBeGreaterThan(100);
  },
);

test('the drawn share is lost', () => {
  const lost = dueTimes({ loss: 0.02 }, 'out', 20_000).filter((due) => due === null).length;
  expect(lost / 20_000).toBeCloseTo(0.02, 2);
});

test('on a path that reorders some packets overtake, on others none does', () => {
  const overtakes = (reordering: number) => {
    const due = dueTimes({ reordering }).map(Number);
    return due.filter((dueMs, index) => index > 0 && dueMs < due[index - 1]).length;
  };
  expect(overtakes(0)).toBe(0);
  expect(overtakes(0.1)).toBeGreaterThan(20);
});

test('each machine has its own path, and an invented source always the same one', () => {
  const line = createDelayLine([PATH, FAR], createRandom(1));
  expect(line.dueMs(packet('10.0.0.1', FAR.ip), 'out', 0)).toBe(70);
  const invented = packet('99.9.9.9', '10.0.0.1');
  const isFar = Number(line.dueMs(invented, 'in', 0)) >= 70;
  const later = Array.from({ length: 20 }, (_, index) => Number(line.dueMs(invented, 'in', 1_000 * (index + 1))));
  expect(later.every((dueMs, index) => dueMs - 1_000 * (index + 1) >= 70 === isFar)).toBe(true);
});

test('the same seed delays and loses the same packets', () => {
  expect(dueTimes({ loss: 0.1, reordering: 0.1 })).toEqual(dueTimes({ loss: 0.1, reordering: 0.1 }));
});
