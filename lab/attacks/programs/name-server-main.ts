/** An attacker's name server. Arguments: address; bytes of text in a TXT record, empty for NXDOMAIN to everything. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { encodeAnswer, RECORD_TYPE } from './question.ts';

const [address, textBytes] = process.argv.slice(2);
const MOST_STRING_BYTES = 255;
/** RFC 5737: an address that leads nowhere. */
const NOWHERE = Buffer.from([203, 0, 113, 7]);

const socket = createSocket('udp4');
socket.on('message', (message, from) => {
  const answer = encodeAnswer(message, textBytes === '' ? () => null : recordOf);
  if (answer !== null) socket.send(answer, from.port, from.address);
});
socket.bind(53, address);

function recordOf(type: number): Buffer | null {
  if (type === RECORD_TYPE.A) return NOWHERE;
  if (type === RECORD_TYPE.TXT)
    return asStrings(randomBytes(Number(textBytes)).toString('hex').slice(0, Number(textBytes)));
  if (type === RECORD_TYPE.CNAME) return Buffer.from('\x02ok\x00', 'latin1');
  return null;
}

function asStrings(text: string): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length; at += MOST_STRING_BYTES) {
    const part = Buffer.from(text.slice(at, at + MOST_STRING_BYTES), 'latin1');
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(parts);
}
