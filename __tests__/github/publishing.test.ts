import { connect } from '../../src/github/client.ts';
import { publishRun } from '../../src/github/publishing.ts';
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

const published = async (report: Report): Promise<void> => {
  const octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url, secondMs: 1 });
  await publishRun(report, 'safety', 1, { octokit, repo });
};

/** All of them at once. Gives them in the order in which the branch took them. */
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

const kept = (): string | undefined => filesOf(github.state, 'safety')?.['baseline.json'];
const NIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const UNHELD = { rate: 0.4, maxAsr: null } as const;
const PASSING = { rate: 0.05 } as const;
const FAILING = { rate: 0.5 } as const;
/** Held to a baseline that is not there. */
const OPEN = { rate: 0.05, maxIncrease: 3 } as const;

describe('the branch’s baseline', () => {
  test('of ten runs at once without a limit is that of the first, as any of them would do', async () => {
    const reports = NIGHTS.map(n => night(n, UNHELD));
    expect(new Set(reports.map(({ verdict }) => verdict.outcome))).toEqual(new Set(['pass']));
    const [first] = await raced(reports);
    expect(kept()).toBe(first && baselineJson(first));
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
