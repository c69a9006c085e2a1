/** A program with a resolver of its own, which sends a burst of questions from one socket. Argument: `ResolverSettings`. */
import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../random.ts';
import { poissonPauseMs, type ResolverSettings } from './settings.ts';

const settings: ResolverSettings = JSON.parse(process.argv[2]);
const random = createRandom(settings.seed);
const resolver = new Resolver({ timeout: 1_000, tries: 1 });
resolver.setServers([settings.address]);

while (true) {
  const questions = Array.from({ length: random.integer(1, settings.mostAtOnce) }, () =>
    random.pick(settings.questions),
  );
  // Most answers are refusals; only the asking matters. The socket stays as long as a question is open.
  await Promise.allSettled(questions.map(({ name, type }) => resolver.resolve(name, type)));
  await sleep(poissonPauseMs(random, settings.meanPauseMs));
}
