import { join } from 'node:path';
import { ask, type Preparation, type Server } from './server.ts';

const RPC_MAIN = join(import.meta.dirname, 'rpc-main.ts');
const PORT = '50051';

/** One call, one answer. */
export const RPC_UNARY_PATHS = ['/shop.Stock/Get', '/shop.Stock/Reserve', '/shop.Prices/Quote'] as const;
/** One call, an answer every while until the client goes or the server has said all. */
export const RPC_STREAM_PATH = '/shop.Stock/Watch';

/** HTTP/2 in clear text, in the way of gRPC. */
export function prepareRpc({ hosts, random, kind }: Preparation): Promise<Server[]> {
  const { ip } = hosts.rpc;
  const argv = [process.execPath, RPC_MAIN, ip, PORT, String(random.integer(1, 1_000_000)), kind];
  const question = ask(`http://${ip}:${PORT}${RPC_UNARY_PATHS[0]}`, '--http2-prior-knowledge');
  return Promise.resolve([{ host: hosts.rpc, argv, question }]);
}
