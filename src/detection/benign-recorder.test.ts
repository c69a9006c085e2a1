import { expect, test } from 'vitest';
import { BenignRecord } from './benign-record.ts';
import { createBenignRecorder } from './benign-recorder.ts';
import type { Judgement } from './judge.ts';

const HOUR = 3600e6;
const options = { modelSha256: 'm', contractHash: 'c', earlier: null, random: () => 0.5 };

function judgement(changes: Partial<Judgement> = {}): Judgement {
  return {
    class: 'client',
    role: 0,
    slot: 1,
    generation: 1,
    atUs: 10 * HOUR,
    score: 0.25,
    distance: 2,
    odds: { model: 0, novelty: 0 },
    evidence: { model: 0, novelty: 0 },
    flagged: false,
    ...changes,
  };
}

test('an entity that was judged in an hour counts for an hour, with the most evidence that it gathered', () => {
  const recorder = createBenignRecorder(options);
  for (const model of [1, 3, 2]) recorder.observe(judgement({ evidence: { model, novelty: 0 } }));
  recorder.observe(judgement({ atUs: 11 * HOUR, evidence: { model: 0.5, novelty: 4 } }));
  recorder.observe(judgement({ slot: 2, class: 'server-web' }));
  const record = BenignRecord.parse(recorder.record());
  expect(record.classes.client).toMatchObject({
    hours: 2,
    model: { scores: [0.25, 0.25], episodes: [3, 0.5] },
    novelty: { episodes: [4] },
  });
  expect(record.classes['server-web']).toMatchObject({ hours: 1, model: { episodes: [] } });
  expect(record.since).toBe(new Date((10 * HOUR) / 1000).toISOString());
});

test('a flagged hour is kept apart, and its flagged windows teach no score', () => {
  const recorder = createBenignRecorder(options);
  recorder.observe(judgement({ evidence: { model: 2, novelty: 0 } }));
  recorder.observe(judgement({ evidence: { model: 9, novelty: 0 }, flagged: true, score: 0.99 }));
  expect(recorder.record()?.classes.client).toMatchObject({
    hours: 1,
    model: { scores: [0.25], episodes: [] },
    flagged: { model: [9], novelty: [] },
  });
});

test('another entity in the same slot is another hour', () => {
  const recorder = createBenignRecorder(options);
  recorder.observe(judgement());
  recorder.observe(judgement({ generation: 2 }));
  expect(recorder.record()?.classes.client?.hours).toBe(2);
});

test('a restart goes on from the record, unless it is of another model', () => {
  const first = createBenignRecorder(options);
  first.observe(judgement({ evidence: { model: 5, novelty: 0 } }));
  const earlier = first.record();
  const second = createBenignRecorder({ ...options, earlier });
  second.observe(judgement({ atUs: 12 * HOUR }));
  expect(second.record()).toMatchObject({ since: earlier?.since, classes: { client: { hours: 2 } } });
  expect(createBenignRecorder({ ...options, modelSha256: 'other', earlier }).record()).toBeNull();
});

test('scores are a bounded sample', () => {
  const recorder = createBenignRecorder(options);
  for (let slot = 0; slot < 6000; slot++) recorder.observe(judgement({ slot, score: slot / 6000 }));
  expect(recorder.record()?.classes.client?.model.scores.length).toBe(5000);
});

test('an entity that is judged all the time is sampled every six minutes', () => {
  const recorder = createBenignRecorder(options);
  for (let i = 0; i < 7200; i++) recorder.observe(judgement({ score: 0.9, atUs: 10 * HOUR + i * 1e6 }));
  recorder.observe(judgement({ slot: 2, score: 0.1 }));
  expect(recorder.record()?.classes.client?.model.scores).toEqual([...Array.from({ length: 20 }, () => 0.9), 0.1]);
});
