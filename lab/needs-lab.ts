import { test as anyTest } from 'vitest';
import { findObstacles } from './tools.ts';

const obstacles = findObstacles();
if (obstacles.length > 0) console.warn(`lab: SKIPPING tests: ${obstacles.join('; ')}`);

/** `test` for tests that build a lab: they are skipped, loudly, where the lab cannot run. */
export const test = anyTest.skipIf(obstacles.length > 0);
