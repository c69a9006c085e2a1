/**
 * `make bench`: the speed of the flow engine beside tcpdump's, a bare read loop's and other flow meters' on the same
 * captures. `node bench/main.ts [SCALE] [RUNS] [--no-peers]`: SCALE is a factor on the numbers of packets (1: 3 M mixed,
 * 1 M of the others), RUNS how often each but a peer is measured. About eight minutes; three without peers.
 */
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';
import { machineLine } from './machine.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: { peers: { type: 'boolean', default: true } },
});
const [scale = '1', runs = '3'] = positionals;
process.stdout.write(`${machineLine()}\n\n`);
await compare({ scale: Number(scale), runs: Number(runs), withPeers: values.peers });
