import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFlowIndex, insertFlow, removeFlow, type FlowIndex } from './flow-index.ts';

function has(index: FlowIndex, hash: number, reference: number): boolean {
  for (let slot = hash & index.mask; index.slots[slot * 2 + 1] !== 0; slot = (slot + 1) & index.mask) {
    if (index.slots[slot * 2 + 1] === reference) return true;
  }
  return false;
}

test('after any insertions and removals every reference left is found from its hash, and no other', () => {
  const step = fc.record({ hash: fc.nat(40), isRemoval: fc.boolean(), which: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const index = createFlowIndex(32);
      const held: { hash: number; reference: number }[] = [];
      let next = 1;
      for (const { hash, isRemoval, which } of steps) {
        if (isRemoval && held.length > 0) {
          const [gone] = held.splice(which % held.length, 1);
          removeFlow(index, gone.hash, gone.reference);
          expect(has(index, gone.hash, gone.reference)).toBe(false);
        } else if (held.length < 32) {
          held.push({ hash, reference: next });
          insertFlow(index, hash, next++);
        }
      }
      for (const { hash, reference } of held) expect(has(index, hash, reference)).toBe(true);
    }),
    { seed: 5 },
  );
});
