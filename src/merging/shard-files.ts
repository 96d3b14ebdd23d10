import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { plain } from '../report/escape.ts';
import { readReportFile } from '../report-file.ts';
import type { Shard } from './shards.ts';

/**
 * The files that folders (searched to the bottom for `report.json`), files and patterns stand for, each once. The
 * faults are a line for each place that leads nowhere.
 */
export async function findReports(
  places: readonly string[],
): Promise<{ readonly paths: readonly string[]; readonly faults: readonly string[] }> {
  const paths = new Set<string>();
  const faults: string[] = [];
  for (const place of places) {
    const found = await filesAt(place);
    for (const path of found) paths.add(path);
    if (found.length === 0)
      faults.push(
        `"${plain(place)}" leads to no report.json: give the shards' reports, or a folder that they lie in`,
      );
  }
  return { paths: [...paths].sort(), faults };
}

/** Reads the reports. The faults are a line for each file that is none. */
export async function readShards(
  paths: readonly string[],
): Promise<{ readonly shards: readonly Shard[]; readonly faults: readonly string[] }> {
  const shards: Shard[] = [];
  const faults: string[] = [];
  for (const path of paths) {
    const read = await readShard(path);
    if ('fault' in read) faults.push(`"${plain(path)}" is no report that can be joined: ${read.fault}`);
    else shards.push(read);
  }
  return { shards, faults };
}

async function filesAt(place: string): Promise<readonly string[]> {
  const found = await kindOf(place);
  if (found === 'file') return [place];
  if (found === 'folder') return (await matching('**/report.json', place)).map(name => join(place, name));
  const matches = await matching(place, '.');
  const nested = await Promise.all(
    matches.map(async match => ((await kindOf(match)) === 'folder' ? filesAt(match) : [match])),
  );
  return nested.flat();
}

async function matching(pattern: string, cwd: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of glob(pattern, { cwd })) found.push(name);
  return found;
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return null;
  }
}

async function readShard(path: string): Promise<Shard | { readonly fault: string }> {
  const read = await readReportFile(path);
  return 'problem' in read ? { fault: read.problem } : { path: plain(path), report: read.report };
}
