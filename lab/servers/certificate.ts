import { join } from 'node:path';
import { runOnce } from '../commands.ts';

/** A self-signed certificate for `name`: `tls.crt` and `tls.key` in `folder`. */
export async function makeCertificate(folder: string, name: string): Promise<void> {
  const argv = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name}`;
  await runOnce([...argv.split(' '), '-keyout', join(folder, 'tls.key'), '-out', join(folder, 'tls.crt')]);
}
