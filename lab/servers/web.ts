import { randomBytes } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import { makeCertificate } from './certificate.ts';
import { lighttpdCommand } from './lighttpd.ts';
import { nginxCommand } from './nginx.ts';
import { ask, type Preparation, type Server } from './server.ts';
import { DUMP_PATH, TINY_PATH } from './web-paths.ts';

const DUMP_BYTES = 200_000_000;

/** The ingress: nginx in lab a, lighttpd in lab b, with the same content. */
export async function prepareWeb(preparation: Preparation): Promise<Server[]> {
  const { hosts, folder, random, kind } = preparation;
  await writeContent(join(folder, 'www'), join(folder, 'status'), random);
  await makeCertificate(folder, 'shop.lab');
  const argv = kind === 'a' ? await nginxCommand(preparation) : await lighttpdCommand(preparation);
  return [{ host: hosts.web, argv, question: ask(`http://${hosts.web.ip}${TINY_PATH}`) }];
}

/** Pages in `root`; what the third port serves in `status`. */
async function writeContent(root: string, status: string, random: Random): Promise<void> {
  await mkdir(join(root, 'slow'), { recursive: true });
  await mkdir(status);
  const sizes: Record<string, number> = {
    'index.html': random.logBetween(1_000, 20_000),
    'style.css': random.logBetween(2_000, 30_000),
    'app.js': random.logBetween(20_000, 150_000),
    'logo.png': random.logBetween(2_000, 20_000),
    'photo.jpg': random.logBetween(20_000, 200_000),
    'list.json': random.logBetween(300, 10_000),
    'slow/report.pdf': random.logBetween(50_000, 300_000),
  };
  for (const [name, bytes] of Object.entries(sizes)) await writeFile(join(root, name), randomBytes(Math.round(bytes)));
  await writeFile(join(root, TINY_PATH), 'ok\n');
  await writeFile(join(status, 'healthz'), 'alive\n');
  await writeFile(join(status, 'metrics'), randomBytes(Math.round(random.logBetween(5_000, 60_000))));
  const dump = await open(join(root, DUMP_PATH), 'w');
  await dump.truncate(DUMP_BYTES);
  await dump.close();
}
