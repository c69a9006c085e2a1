import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { download } from '../traffic/web-client.ts';

export const nightlyDump: Scenario = {
  name: 'nightly-dump',
  family: 'benign',
  summary: 'one big backup, pulled or pushed, beside a quiet day: looks like exfiltration, is none',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(25, 40) * 1_000;
    const clients = random.integer(2, 5);
    const direction = random.pick(['pull', 'push'] as const);
    const bytesPerSecond = random.logBetween(500_000, 5_000_000);
    const bytes = bytesPerSecond * random.between(0.3, 0.8) * (durationMs / 1_000);
    const streams = random.integer(1, 3);

    const day = drawBackground(random, 0.4);
    const background = backgroundActivities(random, day, { durationMs, clients });
    const dumper = random.integer(0, clients - 1);
    const dumps = Array.from({ length: streams }, (_, index): Activity => {
      const share = { bytes: bytes / streams, bytesPerSecond: bytesPerSecond / streams };
      return {
        startMs: durationMs * 0.1 + random.between(0, 2_000),
        endMs: durationMs,
        play: direction === 'pull' ? download(dumper, share) : upload(dumper, index, share),
      };
    });
    return {
      parameters: { ...day, direction, bytes, bytesPerSecond, streams },
      durationMs,
      clients,
      attackers: 0,
      activities: [...background, ...dumps],
      attacks: [],
    };
  },
};

/** Pushes a sparse file of that size to the app, which reads and forgets it. */
function upload(client: number, stream: number, options: { bytes: number; bytesPerSecond: number }): Play {
  return async (lab, signal) => {
    const file = join(lab.scratch, `dump-${client}-${stream}`);
    await writeFile(file, '');
    await truncate(file, Math.round(options.bytes));
    const rate = String(Math.round(options.bytesPerSecond));
    const argv = ['curl', '-s', '-T', file, '--limit-rate', rate, `http://${lab.hosts.app.ip}:8000/backup`];
    await lab.run(lab.hosts.clients[client], argv, signal);
  };
}
