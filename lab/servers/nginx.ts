import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Preparation } from './server.ts';
import { TINY_PATH } from './web-paths.ts';

/** Writes the configuration of lab a's ingress; gives the command line that serves it. */
export async function nginxCommand(preparation: Preparation): Promise<string[]> {
  const { folder } = preparation;
  const path = join(folder, 'nginx.conf');
  await writeFile(path, configurationText(preparation));
  return ['nginx', '-c', path, '-p', folder, '-e', 'stderr'];
}

function configurationText({ folder, hosts, random }: Preparation): string {
  const poolsUpstream = random.chance(0.5);
  return `
daemon off;
worker_processes 1;
user root;
pid ${folder}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off;
  types { text/html html; text/css css; application/javascript js; image/png png; image/jpeg jpg; }
  default_type application/octet-stream;
  keepalive_timeout ${random.integer(5, 65)};
  keepalive_requests ${random.pick([100, 1000, 1000])};
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ssl_certificate ${folder}/tls.crt;
  ssl_certificate_key ${folder}/tls.key;
  upstream app { server ${hosts.app.ip}:8000; ${poolsUpstream ? 'keepalive 8;' : ''} }
  server {
    listen ${hosts.web.ip}:80 default_server backlog=${random.pick([128, 511, 1024])};
    listen ${hosts.web.ip}:443 ssl default_server;
    server_name shop.lab;
    root ${folder}/www;
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
    root ${folder}/status;
  }
}
`;
}
