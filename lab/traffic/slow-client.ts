import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API_PATHS } from '../servers/web-paths.ts';
import type { Random } from '../random.ts';
import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { repeat } from './repeat.ts';

/** A photo is given up after this long, as apps do. */
const CURL = ['curl', '-s', '-k', '--connect-timeout', '10', '--max-time', '90'] as const;

/** A phone on a thin line sends a photo: one request whose body takes many seconds, as a slow body attack's does. */
export function uploadOnThinLine(from: Machine, random: Random): Play {
  const bytesPerSecond = random.logBetween(1_000, 40_000);
  const scheme = random.pick(['http', 'https']);
  return repeat(random, random.logBetween(500, 10_000), async (lab, signal) => {
    const file = join(lab.scratch, `photo-${from(lab.hosts).role}-${random.integer(1, 1_000_000)}`);
    await writeFile(file, '');
    await truncate(file, Math.round(random.logBetween(20_000, 900_000)));
    const target = `${scheme}://${lab.hosts.web.ip}${random.pick(API_PATHS)}`;
    const argv = [...CURL, '-X', 'POST', '-T', file, '--limit-rate', String(Math.round(bytesPerSecond)), target];
    return lab.run(from(lab.hosts), argv, signal);
  });
}

/** A phone on a thin line loads pictures: its receive window closes again and again, as a slow reader's does. */
export function readOnThinLine(from: Machine, random: Random): Play {
  const bytesPerSecond = random.logBetween(1_000, 60_000);
  const scheme = random.pick(['http', 'https']);
  return repeat(random, random.logBetween(500, 10_000), (lab, signal) => {
    const page = random.pick(['/photo.jpg', '/app.js', '/photo.jpg', '/dump.bin']);
    const range = page === '/dump.bin' ? ['-r', `0-${random.integer(200_000, 3_000_000)}`] : [];
    const rate = ['--limit-rate', String(Math.round(bytesPerSecond))];
    return lab.run(from(lab.hosts), [...CURL, ...rate, ...range, `${scheme}://${lab.hosts.web.ip}${page}`], signal);
  });
}
