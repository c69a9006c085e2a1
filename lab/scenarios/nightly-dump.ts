import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { dumpDatabase } from '../traffic/database-dump.ts';
import { clientAt } from '../traffic/machine.ts';
import { pushBackup, type Transfer } from '../traffic/outside.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';
import { download } from '../traffic/web-client.ts';

const DIRECTIONS = ['pull', 'push', 'database', 'remote'] as const;
type Direction = (typeof DIRECTIONS)[number];
const NEEDS: Readonly<Record<Direction, readonly ServiceName[]>> = {
  pull: [],
  push: [],
  database: ['database'],
  remote: ['remote'],
};

export const nightlyDump: Scenario = {
  name: 'nightly-dump',
  family: 'benign',
  summary:
    'one big backup, pulled, pushed, dumped or sent off site, beside a quiet day: looks like exfiltration, is none',
  plan(random, { quick }) {
    const durationMs = quick ? 9_000 : random.integer(30, 50) * 1_000;
    const clients = random.integer(2, 6);
    const direction = random.pick(DIRECTIONS);
    const bytesPerSecond = random.logBetween(200_000, direction === 'remote' ? 2_000_000 : 5_000_000);
    const bytes = bytesPerSecond * random.between(0.2, 0.8) * (durationMs / 1_000);
    const streams = random.integer(1, 3);

    const { services, visitors } = drawSurroundings(random, { services: NEEDS[direction] });
    const day = drawBackground(random, 0.4, { services, visitors });
    const dumper = random.integer(0, clients - 1);
    const dumps = Array.from({ length: streams }, (_, index): Activity => {
      const share = { bytes: bytes / streams, bytesPerSecond: bytesPerSecond / streams };
      return {
        startMs: durationMs * 0.1 + random.between(0, 2_000),
        endMs: durationMs,
        play: DUMPS[direction](dumper, index, share, random.fork(`dump ${index}`)),
      };
    });
    return {
      parameters: { ...day, direction, bytes, bytesPerSecond, streams, services: services.join(' '), visitors },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [...backgroundActivities(random, day, { durationMs, clients, visitors }), ...dumps],
      attacks: [],
    };
  },
};

/** One stream of the backup, each way it can go. */
const DUMPS: Readonly<Record<Direction, (client: number, stream: number, share: Transfer, random: Random) => Play>> = {
  pull: (client, _stream, share) => download(clientAt(client), share),
  push: upload,
  database: (client, _stream, share) => dumpDatabase(clientAt(client), share),
  remote: (client, _stream, share, random) => pushBackup(clientAt(client), random, share),
};

/** Pushes a sparse file of that size to the app, which reads and forgets it. */
function upload(client: number, stream: number, options: Transfer): Play {
  return async (lab, signal) => {
    const file = join(lab.scratch, `dump-${client}-${stream}`);
    await writeFile(file, '');
    await truncate(file, Math.round(options.bytes));
    const rate = String(Math.round(options.bytesPerSecond));
    const argv = ['curl', '-s', '-T', file, '--limit-rate', rate, `http://${lab.hosts.app.ip}:8000/backup`];
    await lab.run(lab.hosts.clients[client], argv, signal);
  };
}
