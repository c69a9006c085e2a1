import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Preparation } from './server.ts';

/** Writes the configuration of lab b's ingress; gives the command line that serves it. */
export async function lighttpdCommand(preparation: Preparation): Promise<string[]> {
  const path = join(preparation.folder, 'lighttpd.conf');
  await writeFile(path, configurationText(preparation));
  return ['lighttpd', '-D', '-f', path];
}

function configurationText({ folder, hosts, random }: Preparation): string {
  const { ip } = hosts.web;
  return `
server.modules = ("mod_proxy", "mod_openssl")
server.bind = "${ip}"
server.port = 80
server.document-root = "${folder}/www"
server.max-fds = 8192
server.max-connections = 4096
server.max-keep-alive-idle = ${random.integer(5, 65)}
server.max-keep-alive-requests = ${random.pick([100, 1000, 1000])}
server.listen-backlog = ${random.pick([128, 511, 1024])}
server.upload-dirs = ("${folder}")
index-file.names = ("index.html")
mimetype.assign = (
  ".html" => "text/html", ".css" => "text/css", ".js" => "application/javascript",
  ".png" => "image/png", ".jpg" => "image/jpeg", "" => "application/octet-stream"
)
$HTTP["url"] =~ "^/slow/" { connection.kbytes-per-second = ${random.integer(20, 100)} }
$HTTP["url"] =~ "^/api/" { proxy.server = ("" => (("host" => "${hosts.app.ip}", "port" => 8000))) }
$SERVER["socket"] == "${ip}:443" {
  ssl.engine = "enable"
  ssl.pemfile = "${folder}/tls.crt"
  ssl.privkey = "${folder}/tls.key"
}
$SERVER["socket"] == "${ip}:8080" { server.document-root = "${folder}/status" }
`;
}
