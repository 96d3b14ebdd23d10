/**
 * The least client that Node can be: `node bench/bare.mjs URL REQUESTS IN_FLIGHT BYTES` posts a question with a picture of
 * so many bytes, so many at a time, and reads each answer to its end. How long that takes tells what the machine and the
 * endpoint on it cost just now.
 */
import { Agent, request } from 'node:http';

const [url, requests, inFlight, bytes] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
/** What stands in a JPEG of 1024 × 90 px before its lines, and behind them. */
const [head, tail] = ['ffd8ffc0001108005a0400', 'ffd9'].map(hex => Buffer.from(hex, 'hex'));
const picture = Buffer.concat([head, Buffer.alloc(Number(bytes)), tail]).toString('base64');
const content = [
  { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${picture}` } },
  { type: 'text', text: 'What is in the picture?' },
];
const body = Buffer.from(JSON.stringify({ model: 'fixture-vlm', messages: [{ role: 'user', content }] }));
const headers = { 'content-type': 'application/json', 'content-length': body.length };

const one = () =>
  new Promise((resolve, reject) => {
    const sent = request(`${url}/chat/completions`, { method: 'POST', agent, headers }, response => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.on('end', resolve).resume();
    });
    sent.on('error', reject).end(body);
  });

let left = Number(requests);
const worker = async () => {
  while (left-- > 0) await one();
};
await Promise.all(Array.from({ length: Number(inFlight) }, worker));
agent.destroy();
