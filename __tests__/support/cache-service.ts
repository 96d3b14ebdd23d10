import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  BlobSASPermissions,
  type BlockBlobClient,
  ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';

interface Entry {
  readonly ref: string;
  readonly key: string;
  readonly version: string;
  readonly blob: BlockBlobClient;
  finished: boolean;
}

/**
 * Stands in for GitHub's cache service: its three calls, over blobs that lie in Azurite. A run's token says of which ref
 * it is: it saves there, and finds what was saved there before it looks in `main`.
 */
export interface CacheService {
  readonly url: string;
  /** The calls that came in, without the path before their name. */
  readonly calls: string[];
  /** The keys that are saved, in their order. */
  keys(): string[];
  /** Takes the archive from under a key, which stays reserved: so a job leaves it that ends while it saves. */
  unfinish(key: string): void;
  /** Puts another archive under a key that is saved. */
  replace(key: string, archive: Uint8Array): Promise<void>;
  /** Says that the run's token may not write. */
  readOnly: boolean;
  /** Does what is asked, leaves it without an answer, and tells of it. */
  onSilence: (() => void) | null;
  /** Where a link to a blob leads instead. */
  detour: ((link: string) => string) | null;
  close(): Promise<void>;
}

/** Azurite's account, which is the same on every machine. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export async function startCacheService(): Promise<CacheService> {
  const azurite = await startAzurite();
  const credential = new StorageSharedKeyCredential(ACCOUNT, KEY);
  const container = new ContainerClient(`${azurite.url}/${ACCOUNT}/cache`, credential);
  await container.create();

  const entries: Entry[] = [];
  const server = createServer((request, response) => {
    handle(request)
      .then(answer =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      )
      .catch(error => response.writeHead(500).end(JSON.stringify({ msg: String(error) })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const linkTo = async (blob: BlockBlobClient, permissions: string) => {
    const link = await blob.generateSasUrl({
      permissions: BlobSASPermissions.parse(permissions),
      expiresOn: new Date(Date.now() + 600_000),
    });
    return self.detour?.(link) ?? link;
  };

  const entryAt = (ref: string, key: string, version: string) =>
    entries.find(entry => entry.ref === ref && entry.key === key && entry.version === version);

  const calls: Record<string, (body: Record<string, string & string[]>, ref: string) => Promise<object>> = {
    async CreateCacheEntry({ key = '', version = '' }, ref) {
      if (self.readOnly) return { ok: false, message: 'cache write denied: read-only token' };
      if (entryAt(ref, key, version)) return { ok: false };
      const blob = container.getBlockBlobClient(`entry-${entries.length}`);
      entries.push({ ref, key, version, blob, finished: false });
      return { ok: true, signed_upload_url: await linkTo(blob, 'rcw') };
    },
    async FinalizeCacheEntryUpload({ key = '', version = '' }, ref) {
      const entry = entryAt(ref, key, version);
      if (!entry) return { ok: false };
      entry.finished = true;
      return { ok: true, entry_id: String(entries.indexOf(entry) + 1) };
    },
    async GetCacheEntryDownloadURL({ key, restore_keys: prefixes = [], version }, own) {
      const foundIn = (ref: string) => {
        const of = (entry: Entry) => entry.ref === ref && entry.finished && entry.version === version;
        const known = entries.filter(of).reverse();
        return (
          known.find(entry => entry.key === key) ??
          prefixes.map(prefix => known.find(entry => entry.key.startsWith(prefix))).find(Boolean)
        );
      };
      const found = foundIn(own) ?? foundIn('main');
      if (!found) return { ok: false };
      return { ok: true, signed_download_url: await linkTo(found.blob, 'r'), matched_key: found.key };
    },
  };

  async function handle(request: IncomingMessage): Promise<object> {
    const name = request.url?.split('/').at(-1) ?? '';
    self.calls.push(name);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = calls[name];
    const token = /^Bearer runtime-token of (.+)$/.exec(request.headers.authorization ?? '');
    if (!call || !token) throw new Error(`no call ${name}`);
    const answer = await call(JSON.parse(Buffer.concat(chunks).toString()), token[1] ?? '');
    self.onSilence?.();
    return self.onSilence ? new Promise(() => undefined) : answer;
  }

  const self: CacheService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls: [],
    readOnly: false,
    onSilence: null,
    detour: null,
    keys: () => entries.filter(({ finished }) => finished).map(({ key }) => key),
    unfinish(key) {
      for (const entry of entries) if (entry.key === key) entry.finished = false;
    },
    async replace(key, archive) {
      const entry = entries.find(each => each.key === key);
      if (!entry) throw new Error(`nothing is saved under ${key}`);
      await entry.blob.uploadData(archive);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await azurite.stop();
    },
  };
  return self;
}

/** Azure's storage emulator as a child process, with everything in memory. */
async function startAzurite(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const flags = ['--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck', '--silent'];
  const child = spawn(process.execPath, [main, '--blobHost', '127.0.0.1', '--blobPort', '0', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  const url = await new Promise<string | undefined>(resolve => {
    child.on('exit', () => resolve(undefined));
    createInterface({ input: child.stdout }).on('line', line => {
      const found = /successfully listens on (http:\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
  });
  if (url) return { url, stop };
  await stop();
  throw new Error('Azurite did not start');
}
