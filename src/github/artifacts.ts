import type { TriggeringRun } from './context.ts';
import type { Where } from './files.ts';

/**
 * Where the files of a run that is over can be downloaded: its artifact where there is one alone, else the list of
 * them on the run's page, also where the token may not ask (`actions: read`). Of an artifact nothing but its number
 * is taken: its name is the pull request author's.
 */
export async function artifactsUrl({ octokit, repo }: Where, { id, url }: TriggeringRun): Promise<string> {
  const list = `${url}#artifacts`;
  try {
    const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({
      ...repo,
      run_id: id,
      per_page: 100,
    });
    const [only, ...others] = data.artifacts.filter(({ expired }) => !expired);
    return only && others.length === 0 ? `${url}/artifacts/${only.id}` : list;
  } catch {
    return list;
  }
}
