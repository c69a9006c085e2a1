import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from '../parts/run-program.ts';

const VALID_DAYS = '7';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];

/** Makes the folder's certificate authority (`ca.crt`, `ca.key`) and the key pair that signs service accounts' tokens. */
export async function makeAuthority(folder: string): Promise<void> {
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,digitalSignature'];
  const toFiles = ['-subj', '/CN=kubesecure-testbed', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', VALID_DAYS];
  await runProgram(
    'openssl',
    ['req', '-x509', ...NEW_KEY, ...toFiles, ...extensions.flatMap((extension) => ['-addext', extension])],
    { folder },
  );
  const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  await runProgram('openssl', ['genpkey', ...curve, '-out', 'sa.key'], { folder });
  await runProgram('openssl', ['pkey', '-in', 'sa.key', '-pubout', '-out', 'sa.pub'], { folder });
}

/** Makes `apiserver.crt` and `apiserver.key`, good for loopback and for the names pods use. */
export async function makeServingCertificate(folder: string): Promise<void> {
  const names = 'IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc';
  await makeCertificate(folder, 'apiserver', '/CN=kube-apiserver', [
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${names}`,
  ]);
}

/** Makes `NAME.crt` and `NAME.key` by which the API server takes the bearer for `user`, a member of `groups`. */
export async function makeClientCertificate(
  folder: string,
  name: string,
  identity: { user: string; groups: string[] },
): Promise<{ certificate: string; key: string }> {
  const subject = [...identity.groups.map((group) => `/O=${escape(group)}`), `/CN=${escape(identity.user)}`].join('');
  await makeCertificate(folder, name, subject, ['extendedKeyUsage=clientAuth']);
  return {
    certificate: readFileSync(join(folder, `${name}.crt`), 'utf8'),
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
  };
}

async function makeCertificate(folder: string, name: string, subject: string, extensions: string[]): Promise<void> {
  const request = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject];
  await runProgram('openssl', ['req', '-new', ...NEW_KEY, ...request], { folder });
  writeFileSync(join(folder, `${name}.ext`), extensions.join('\n'));
  const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
  await runProgram(
    'openssl',
    ['x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.crt`, '-days', VALID_DAYS],
    { folder },
  );
  for (const ending of ['csr', 'ext']) rmSync(join(folder, `${name}.${ending}`));
}

// A slash separates the parts of a subject on openssl's command line.
function escape(name: string): string {
  return name.replaceAll(/[\\/+]/g, (character) => `\\${character}`);
}
