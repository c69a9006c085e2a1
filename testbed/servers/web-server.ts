// The web server behind the ingress, run as a program of its own: `node web-server.ts ADDRESS PORT`.

import { createServer } from 'node:http';

const [address = '127.0.0.1', port = '8080'] = process.argv.slice(2);

const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'text/plain');
  response.end(`shop: ${request.method} ${request.url}\n`);
});
server.listen(Number(port), address);
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
