import { type Command, InvalidArgumentError, Option } from 'commander';

interface FlowsOptions {
  readonly columns: 'cic' | 'kubesecure';
  readonly expiry: 'cic' | 'live';
  readonly output: 'csv' | 'jsonl';
  readonly tunnels: 'outer' | 'inner';
  readonly capacity?: number;
}

const STANDARD_OUTPUT = 1;
const FEWEST_FLOWS = 16;
const MOST_FLOWS = 4_194_304;

const NOTES = `
Columns: cic has the 94 of the corrected CICFlowMeter, kubesecure the 84 of the original KubeSecure with the same values
(src_mac and dst_mac stay empty: a sensor on a node sees the next hop's). Times are microseconds, timestamps UTC.
How a flow ended is told in JSON Lines only, by the key Ending (kubesecure: ending): snapshot, closed, idle, timeout,
evicted or end-of-capture. In CSV a snapshot of a flow that goes on (--expiry live) looks like the flow's end.
`;

/** `kubesecure flows FILE`: the flows of a capture with their CIC features, to standard output. */
export function addFlowsCommand(program: Command): void {
  program
    .command('flows')
    .description('write the flows of a capture with their CIC features to standard output')
    .argument('<file>', 'pcap or pcapng file, - for standard input')
    .addOption(new Option('--columns <set>', 'which columns').choices(['cic', 'kubesecure']).default('cic'))
    .addOption(new Option('--expiry <policy>', 'when a flow ends').choices(['cic', 'live']).default('cic'))
    .addOption(new Option('--output <format>', 'csv or JSON Lines').choices(['csv', 'jsonl']).default('csv'))
    .addOption(
      new Option('--tunnels <which>', 'flows of the tunnels (GRE, VXLAN, Geneve, IP in IP), or of the packets inside')
        .choices(['outer', 'inner'])
        .default('outer'),
    )
    .option('--capacity <flows>', 'flows held at once, and as many of one packet (576 bytes for both)', flowCount)
    .addHelpText('after', NOTES)
    .action(async (path: string, options: FlowsOptions) => {
      const [{ runFlowsCommand }, { dropWords }] = await Promise.all([
        import('#roles/flows-command.ts'),
        import('#roles/drop-words.ts'),
      ]);
      const stats = await runFlowsCommand({ path, ...options, fd: STANDARD_OUTPUT });
      if (stats === null) return;
      const unused = dropWords(stats);
      if (unused !== '') process.stderr.write(`kubesecure: packets not used: ${unused}\n`);
      if (stats.flowsEvicted > 0) process.stderr.write(`kubesecure: ${evictionWords(stats.flowsEvicted)}\n`);
    });
}

function evictionWords(evicted: number): string {
  const flows = evicted === 1 ? '1 flow was written before its end' : `${evicted} flows were written before their end`;
  return `${flows}, as the table was full: a higher --capacity holds more at once`;
}

function flowCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= FEWEST_FLOWS && count <= MOST_FLOWS) return count;
  throw new InvalidArgumentError(`It is a whole number from ${FEWEST_FLOWS} to ${MOST_FLOWS}.`);
}
