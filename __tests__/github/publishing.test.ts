import { connect } from '../../src/github/client.ts';
import { keepIssue, publishRun } from '../../src/github/publishing.ts';
import { type HistoryEntry, historyEntryOf } from '../../src/report/history.ts';
import { baselineJson } from '../../src/report/json.ts';
import type { Report } from '../../src/report/report.ts';
import { sampleReport } from '../report/sample-report.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { filesOf } from '../support/github-state.ts';

const repo = { owner: 'octo', repo: 'models' };
let github: GitHubServer;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

/** The n-th night's report. */
function night(n: number, sample: Parameters<typeof sampleReport>[0]): Report {
  const report = sampleReport({ ...sample, seed: n });
  const url = `https://github.com/octo/models/actions/runs/${n}`;
  const finishedAt = `2026-11-${String(n).padStart(2, '0')}T03:00:00.000Z`;
  return { ...report, finishedAt, run: { ...report.run, url, event: 'schedule', pullRequest: null } };
}

const place = async () => ({
  octokit: await connect({ token: ACTIONS_TOKEN, apiUrl: github.url, secondMs: 1 }),
  repo,
});
const published = async (report: Report) => publishRun(report, 'safety', 1, await place());

/** All of them at once. Gives them in the order of the branch's history: that in which they finished. */
async function raced(reports: readonly Report[]): Promise<readonly Report[]> {
  await Promise.all(reports.map(published));
  const lines = filesOf(github.state, 'safety')?.['history.jsonl']?.trim().split('\n') ?? [];
  expect(lines).toHaveLength(reports.length);
  return lines.map(line => {
    const report = reports.find(({ run }) => run.url === JSON.parse(line).url);
    if (!report) throw new Error('the history has a run that was not published');
    return report;
  });
}

const NIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const UNHELD = { rate: 0.4, maxAsr: null } as const;
const PASSING = { rate: 0.05 } as const;
const FAILING = { rate: 0.5 } as const;
/** Held to a baseline that is not there. */
const OPEN = { rate: 0.05, maxIncrease: 3 } as const;

describe('a run that finished before another and publishes after it', () => {
  const files = () => filesOf(github.state, 'safety') ?? {};
  const kinds = { passing: PASSING, failing: FAILING };
  const bothOf = async (first: 'passing' | 'failing', second: 'passing' | 'failing') => {
    const [older, newer] = [night(1, kinds[first]), night(2, kinds[second])];
    expect(await published(newer)).toEqual([]);
    const before = files();
    const later = await published(older);
    expect(later).toEqual([historyEntryOf(newer, 1)]);
    return { older, newer, before, later };
  };

  test.each([
    ['passing', 'failing'],
    ['failing', 'passing'],
  ] as const)('a %s one after a %s one changes neither badge, page nor report', async (first, second) => {
    const { older, newer, before } = await bothOf(first, second);
    const { 'history.jsonl': history, 'baseline.json': _, ...rest } = files();
    const { 'history.jsonl': __, 'baseline.json': ___, ...were } = before;
    expect(rest).toEqual(were);
    expect(history).toBe(
      `${[older, newer].map(each => JSON.stringify(historyEntryOf(each, 1))).join('\n')}\n`,
    );
    expect(kept()).toBe(baselineJson(first === 'passing' ? older : newer));
  });

  test('a pass is no baseline after the later pass', async () => {
    const { newer } = await bothOf('passing', 'passing');
    expect(kept()).toBe(baselineJson(newer));
  });

  const spoken = async (report: Report, later: readonly HistoryEntry[]) => {
    const { finishedAt } = report;
    const stamp = { run: 1, attempt: 1, commit: '', finishedAt };
    return keepIssue(report, { ...(await place()), stamp, later });
  };

  test('a failing one opens no issue after a pass that had none to close', async () => {
    const { older, newer, later } = await bothOf('failing', 'passing');
    expect(await spoken(newer, [])).toBe(false);
    expect(await spoken(older, later)).toBe(true);
    expect(github.state.issues).toEqual([]);
  });

  test('a passing one closes no issue of the later failure', async () => {
    const { older, newer, later } = await bothOf('passing', 'failing');
    await spoken(newer, []);
    expect(await spoken(older, later)).toBe(true);
    expect(github.state.issues.map(({ state }) => state)).toEqual(['open']);
  });

  test('another gate’s later run on the same branch, or one that settled nothing, does not speak for it', async () => {
    const [older] = [night(1, FAILING)];
    const entry = historyEntryOf(night(2, PASSING), 1);
    const others = [
      { ...entry, commentId: 'other' },
      { ...entry, outcome: 'inconclusive' as const },
    ];
    expect(await spoken(older, others)).toBe(false);
    expect(github.state.issues.map(({ state }) => state)).toEqual(['open']);
  });
});

const kept = (): string | undefined => filesOf(github.state, 'safety')?.['baseline.json'];
describe('the branch’s baseline', () => {
  test('of ten runs at once without a limit is that of one of them, as any would do', async () => {
    const reports = NIGHTS.map(n => night(n, UNHELD));
    expect(new Set(reports.map(({ verdict }) => verdict.outcome))).toEqual(new Set(['pass']));
    await raced(reports);
    expect(reports.map(baselineJson)).toContain(kept());
  }, 60_000);

  test('of ten runs at once is that of the last that kept a limit, whatever came between and after', async () => {
    const kinds = [PASSING, UNHELD, FAILING, OPEN, UNHELD];
    const reports = NIGHTS.map(n => night(n, kinds[n % kinds.length]));
    const inOrder = await raced(reports);
    const last = inOrder.findLast(
      ({ verdict, policy }) => verdict.outcome === 'pass' && policy.maxAsr !== null,
    );
    expect(kept()).toBe(last && baselineJson(last));
  }, 60_000);

  test('made without a limit gives way to that of a run which kept one, and never the other way', async () => {
    const [unheld, passing] = [night(1, UNHELD), night(2, PASSING)];
    await published(unheld);
    expect(kept()).toBe(baselineJson(unheld));
    await published(passing);
    expect(kept()).toBe(baselineJson(passing));
    await published(night(3, UNHELD));
    expect(kept()).toBe(baselineJson(passing));
  });

  test.each([
    ['fails', FAILING, 'fail'],
    ['has nothing to compare with', OPEN, 'inconclusive'],
  ])('is none of a run that %s, also where there is no other', async (_, sample, outcome) => {
    const report = night(1, sample);
    expect(report.verdict.outcome).toBe(outcome);
    await published(report);
    expect(filesOf(github.state, 'safety')).toHaveProperty(['report.json']);
    expect(kept()).toBeUndefined();
  });
});
