/** A sensor in a process of its own: `node bench/live-sensor.ts INTERFACE` prints its counters once a second, as JSON. */
import { PacketPathSettings } from '#roles/packet-path.ts';
import { startSensor } from '#roles/sensor.ts';

const [name = ''] = process.argv.slice(2);
let rows = 0;

const sensor = startSensor({
  source: { type: 'interface', name },
  settings: PacketPathSettings.parse({}),
  onBatch(batch) {
    rows += batch.count;
  },
  onStats: (stats) => process.stdout.write(`${JSON.stringify({ ...stats, rows })}\n`),
  onWarning: (message) => process.stderr.write(`${message}\n`),
  onEnd: () => undefined,
  onError(error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
});
process.once('SIGTERM', () => void sensor.stop());
