/** Asks a name server for names that carry secrets, at a pace. Argument: `TxtExfiltration` and the server's address, as JSON. */
import { createSocket, type Socket } from 'node:dgram';
import { createRandom } from '../../random.ts';
import type { TxtExfiltration } from '../txt-exfiltration.ts';
import { encodeQuestion, RECORD_TYPE } from './question.ts';
import { drawSecretName } from './secret-name.ts';

const settings: TxtExfiltration & { server: string } = JSON.parse(process.argv[2]);
const random = createRandom(settings.seed);
const periodMs = 1_000 / settings.questionsPerSecond;
/** How long a socket of one question stays open for its answer. */
const ANSWER_LIMIT_MS = 2_000;

const kept = settings.sockets === 'own' ? createSocket('udp4') : null;
let index = 0;
let dueMs = performance.now();
ask();

function ask(): void {
  const name = drawSecretName(random, settings.name, index++);
  const question = encodeQuestion(random.integer(0, 65_535), name, RECORD_TYPE[settings.recordType]);
  const socket = kept ?? shortLived();
  socket.send(question, 53, settings.server);
  dueMs += periodMs * (1 + settings.jitter * random.between(-1, 1));
  setTimeout(ask, Math.max(0, dueMs - performance.now()));
}

function shortLived(): Socket {
  const socket = createSocket('udp4');
  const timer = setTimeout(() => socket.close(), ANSWER_LIMIT_MS);
  socket.once('message', () => {
    clearTimeout(timer);
    socket.close();
  });
  return socket;
}
