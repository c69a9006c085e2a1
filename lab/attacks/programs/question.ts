/** Record types by their numbers (RFC 1035, RFC 3596). */
export const RECORD_TYPE = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 } as const;

const HEADER_BYTES = 12;
const FLAG_RECURSION_DESIRED = 0x0100;
const FLAGS_ANSWER = 0x8400;
const NXDOMAIN = 3;
const CLASS_INTERNET = 1;
/** A pointer to the name in the question. */
const SAME_NAME = 0xc00c;

/** A question as RFC 1035 writes it. */
export function encodeQuestion(id: number, name: string, type: number): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  return Buffer.concat([
    words(id, FLAG_RECURSION_DESIRED, 1, 0, 0, 0),
    ...labels,
    Buffer.from([0]),
    words(type, CLASS_INTERNET),
  ]);
}

/** An answer to that message's question: `record` as its data, null for NXDOMAIN. Null for what is no question. */
export function encodeAnswer(question: Buffer, record: (type: number) => Buffer | null): Buffer | null {
  const end = endOfQuestion(question);
  if (end === null) return null;
  const type = question.readUInt16BE(end - 4);
  const data = record(type);
  const flags = FLAGS_ANSWER | (question.readUInt16BE(2) & FLAG_RECURSION_DESIRED) | (data === null ? NXDOMAIN : 0);
  const header = words(question.readUInt16BE(0), flags, 1, data === null ? 0 : 1, 0, 0);
  const asked = question.subarray(HEADER_BYTES, end);
  if (data === null) return Buffer.concat([header, asked]);
  // A time to live of one second, in two words.
  return Buffer.concat([header, asked, words(SAME_NAME, type, CLASS_INTERNET, 0, 1, data.length), data]);
}

/** The offset after name, type and class; null where the message is cut short. */
function endOfQuestion(message: Buffer): number | null {
  let at = HEADER_BYTES;
  while (at < message.length && message[at] !== 0) at += message[at] + 1;
  const end = at + 5;
  return end <= message.length ? end : null;
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => buffer.writeUInt16BE(value, index * 2));
  return buffer;
}
