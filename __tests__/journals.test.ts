import type { Asking } from '../src/asking.ts';
import { controlPairs } from '../src/benchmark/controls.ts';
import type { ChatEndpoint } from '../src/endpoint/chat.ts';
import { wayOf } from '../src/inputs/way.ts';
import { readInputs } from '../src/inputs.ts';
import { openJournal } from '../src/journal/journal.ts';
import { openJournals } from '../src/journals.ts';
import type { Pictures } from '../src/pictures/picture.ts';
import { planTrials } from '../src/trials.ts';
import { FIXTURE_QUESTIONS } from './support/evaluation.ts';
import { at, withScratch } from './support/scratch.ts';

withScratch();

test('a benign control’s picture is read once, however many journals are weighed', async () => {
  const inputs = {
    ...{ 'base-url': 'http://127.0.0.1:9/v1', model: 'some-vlm', judge: 'refusal' },
    dataset: FIXTURE_QUESTIONS,
  };
  const config = readInputs(new Map(Object.entries(inputs)));
  const [journal, shared] = [at('own.jsonl'), at('shared.jsonl')];
  for (const path of [journal, shared]) {
    const before = await openJournal(path);
    await before.append('0'.repeat(64), 'of something else');
    await before.close();
  }
  const read: string[] = [];
  const pictures: Pictures = {
    prepare: async () => undefined,
    of: async ({ key }) => {
      read.push(key);
      return { bytes: Buffer.from(key), type: 'image/png', sha256: key, origin: 'typeset' };
    },
  };
  const endpoint: ChatEndpoint = {
    ...{ baseUrl: 'http://127.0.0.1:9/v1', model: 'some-vlm', adaptations: [] },
    ask: () => Promise.reject(new Error('nothing is asked')),
  };
  const asking: Asking = {
    ...{ pictures, controlPictures: pictures, endpoints: { target: endpoint, baseline: endpoint } },
    ...{ ...config.asking, way: wayOf(config) },
  };
  const controls = controlPairs(['TYPO']);
  const plan = { kinds: ['TYPO'], subjects: ['target'], arms: ['off'], repeats: 1 } as const;
  const journals = await openJournals(config, {
    journal,
    shared,
    notice: () => undefined,
    signal: new AbortController().signal,
  });
  await journals.weigh(planTrials({ ...plan, questions: [], controls }), asking);
  await journals.close();
  expect(read.toSorted()).toEqual(controls.map(({ key }) => key).toSorted());
});
