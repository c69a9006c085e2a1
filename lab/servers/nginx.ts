import { randomBytes } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hosts } from '../addresses.ts';
import { runOnce } from '../commands.ts';
import type { Random } from '../random.ts';

/** Paths of the web server and what they cost: bytes of body, and whether the body comes slowly. */
export const PAGES = ['/', '/style.css', '/app.js', '/logo.png', '/photo.jpg', '/list.json'] as const;
/** A three-byte body that nginx makes without touching a file. */
export const TINY_PATH = '/ok';
/** Answered by the app, a few to 150 ms later. */
export const API_PATHS = ['/api/orders', '/api/items', '/api/search?q=tea'] as const;
/** Sent at some tens of KB/s. */
export const SLOW_PATH = '/slow/report.pdf';
/** Large; zeros on a sparse file, for a capture keeps the headers only. */
export const DUMP_PATH = '/dump.bin';
const DUMP_BYTES = 200_000_000;

/** Writes content, certificate and configuration into `scratch`; gives the command line that serves them. */
export async function prepareNginx(scratch: string, hosts: Hosts, random: Random): Promise<string[]> {
  const root = join(scratch, 'www');
  await writeContent(root, random);
  const certificate =
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=shop.lab';
  await runOnce([...certificate.split(' '), '-keyout', join(scratch, 'tls.key'), '-out', join(scratch, 'tls.crt')]);
  const configuration = join(scratch, 'nginx.conf');
  await writeFile(configuration, configurationText(scratch, root, hosts, random));
  return ['nginx', '-c', configuration, '-p', scratch, '-e', 'stderr'];
}

async function writeContent(root: string, random: Random): Promise<void> {
  await mkdir(join(root, 'slow'), { recursive: true });
  const sizes: Record<string, number> = {
    'index.html': random.logBetween(1_000, 20_000),
    'style.css': random.logBetween(2_000, 30_000),
    'app.js': random.logBetween(20_000, 150_000),
    'logo.png': random.logBetween(2_000, 20_000),
    'photo.jpg': random.logBetween(20_000, 200_000),
    'list.json': random.logBetween(300, 10_000),
    'slow/report.pdf': random.logBetween(50_000, 300_000),
    metrics: random.logBetween(5_000, 60_000),
  };
  for (const [name, bytes] of Object.entries(sizes)) await writeFile(join(root, name), randomBytes(Math.round(bytes)));
  const dump = await open(join(root, DUMP_PATH), 'w');
  await dump.truncate(DUMP_BYTES);
  await dump.close();
}

function configurationText(scratch: string, root: string, hosts: Hosts, random: Random): string {
  const poolsUpstream = random.chance(0.5);
  return `
daemon off;
worker_processes 1;
user root;
pid ${scratch}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off;
  types { text/html html; text/css css; application/javascript js; image/png png; image/jpeg jpg; }
  default_type application/octet-stream;
  keepalive_timeout ${random.integer(5, 65)};
  keepalive_requests ${random.pick([100, 1000, 1000])};
  client_body_temp_path ${scratch}/body;
  proxy_temp_path ${scratch}/proxy;
  fastcgi_temp_path ${scratch}/fastcgi;
  uwsgi_temp_path ${scratch}/uwsgi;
  scgi_temp_path ${scratch}/scgi;
  ssl_certificate ${scratch}/tls.crt;
  ssl_certificate_key ${scratch}/tls.key;
  upstream app { server ${hosts.app.ip}:8000; ${poolsUpstream ? 'keepalive 8;' : ''} }
  server {
    listen ${hosts.web.ip}:80 default_server backlog=${random.pick([128, 511, 1024])};
    listen ${hosts.web.ip}:443 ssl default_server;
    server_name shop.lab;
    root ${root};
    location = ${TINY_PATH} { return 200 "ok\\n"; }
    location /slow/ { limit_rate ${random.integer(20, 100)}k; }
    location /api/ {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
  server {
    listen ${hosts.web.ip}:8080 default_server;
    server_name status.lab;
    root ${root};
    location = /healthz { return 200 "alive\\n"; }
    location = /metrics { }
    location / { return 404; }
  }
}
`;
}
