import { exfiltration } from '../attacks/exfiltration.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

/** Some 20,000 segments and their acknowledgements. */
const MOST_BYTES = 30_000_000;

export const bulkExfiltration: Scenario = {
  name: 'bulk-exfiltration',
  family: 'exfiltration',
  summary: 'megabytes leave for the internet by curl, scp or socat, in one piece or many',
  plan(random, { quick }) {
    const way = random.pick(['https', 'http', 'scp', 'socat'] as const);
    const bytesPerSecond = Math.round(random.logBetween(200_000, 10_000_000));
    const timing = drawTiming(random, { quick, leastSeconds: 15, mostSeconds: 40, waves: false });
    const seconds = (timing.windows[0].endMs - timing.windows[0].startMs) / 1_000;
    const bytes = Math.round(Math.min(bytesPerSecond * seconds, MOST_BYTES) * random.between(0.6, 1));
    // socat has no rate: pieces with pauses between them make one.
    const pieces = way === 'socat' ? random.integer(3, 15) : random.pick([1, 1, 1, random.integer(2, 12)]);
    const pauseMs = Math.round(way === 'socat' ? (800 * seconds) / pieces : random.logBetween(200, 3_000));
    return attackPlan(random, timing, {
      parameters: { way, bytes, bytesPerSecond, pieces, pauseMs },
      attackers: 1,
      services: ['remote'],
      heavy: bytesPerSecond > 3_000_000,
      looksLike: [],
      attack: (window) => exfiltration({ attacker: 0, way, bytes, pieces, bytesPerSecond, pauseMs }, window),
    });
  },
};
