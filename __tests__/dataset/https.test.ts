import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTerminal } from '../support/at-terminal.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withCertificate = hasOpenssl ? test : test.skip;

/** A server on loopback with a certificate of its own, that sends whoever comes to plain http. */
async function leadingToHttp(folder: string) {
  const [key, cert] = ['key.pem', 'cert.pem'].map(name => join(folder, name)) as [string, string];
  const made = ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const named = ['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...made, ...named, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    response.writeHead(302, { location: 'http://localhost:1/elsewhere' }).end();
  });
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve));
  return { server, cert, url: `https://localhost:${(server.address() as AddressInfo).port}` };
}

withCertificate(
  `a redirect from https to plain http is not followed${hasOpenssl ? '' : ' (skipped: openssl is not installed)'}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'https-'));
    const { server, cert, url } = await leadingToHttp(folder);
    const { out, status } = await atTerminal({
      args: [
        ...['run', '--base-url', 'http://127.0.0.1:1/v1', '--model=m', '--judge=refusal'],
        ...['--dataset=published', '--accept-dataset-license', '--questions-url', url],
      ],
      folder,
      environment: { NODE_EXTRA_CA_CERTS: cert },
    });
    server.close();
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'redirects from https to plain http, which is not followed: set questions-url to the final address',
    );
  },
  30_000,
);
