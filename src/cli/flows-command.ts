import { type Command, Option } from 'commander';

interface FlowsOptions {
  readonly columns: 'cic';
  readonly expiry: 'cic' | 'live';
  readonly output: 'csv' | 'jsonl';
}

/** `kubesecure flows FILE`: the flows of a capture with their CIC features, to standard output. */
export function addFlowsCommand(program: Command): void {
  program
    .command('flows')
    .description('write the flows of a capture with their CIC features to standard output')
    .argument('<file>', 'pcap or pcapng file, - for standard input')
    .addOption(new Option('--columns <set>', 'which columns').choices(['cic']).default('cic'))
    .addOption(new Option('--expiry <policy>', 'when a flow ends').choices(['cic', 'live']).default('cic'))
    .addOption(new Option('--output <format>', 'csv or JSON Lines').choices(['csv', 'jsonl']).default('csv'))
    .action(async (path: string, options: FlowsOptions) => {
      const [{ runFlowsCommand }, { dropWords }] = await Promise.all([
        import('#roles/flows-command.ts'),
        import('#roles/drop-words.ts'),
      ]);
      const stats = runFlowsCommand({ path, ...options, fd: process.stdout.fd });
      const unused = stats === null ? '' : dropWords(stats);
      if (unused !== '') process.stderr.write(`kubesecure: packets not used: ${unused}\n`);
    });
}
