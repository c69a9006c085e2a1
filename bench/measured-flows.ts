/** `kubesecure flows` in a process of its own that tells at its end, on standard error, what it took. */
import { runFlowsCommand } from '#roles/flows-command.ts';

const [path] = process.argv.slice(2);
const stats = runFlowsCommand({ path, columns: 'cic', expiry: 'cic', output: 'csv', fd: 1 });
if (stats === null) throw new Error('while measuring: the reader of the flows went away');
const rssMb = process.resourceUsage().maxRSS / 1024;
process.stderr.write(`${JSON.stringify({ packets: stats.packets, flows: stats.flowsReported, rssMb })}\n`);
