// Shows that the harness notices what it is there to notice: small pages, each with one fault, must fail; the page without
// one must pass, under the strict policy that Zegel's own pages have.

import { createServer } from 'node:http';
import { World, expect, expectEqual, expectShown } from './lib.mjs';

const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";
const page = (body) => `<!doctype html><html lang="en"><head><title>Test</title>
  <meta name="viewport" content="width=device-width"></head><body><main><h1>Test</h1>${body}</main></body></html>`;

const pages = {
  '/clean': page('<p>Nothing is wrong here.</p>'),
  '/inline-script': page('<script>document.title = "x"</script>'),
  '/inline-style': page('<p style="color: red">red</p>'),
  '/missing': page('<img src="/nowhere.png" alt="nothing">'),
  '/throws': page('<script src="/throws.js"></script>'),
  '/wide': page('<img src="/wide.svg" alt="wide" width="2000" height="10">'),
  '/unlabelled': page('<input name="a">'),
};
const mail = [
  { id: '3', at: 3, channel: 'mail', to: 'other@example.com', subject: 'Code', text: 'Your code is 999999.' },
  { id: '2', at: 2, channel: 'mail', to: 'daan@example.com', subject: 'Code', text: 'In 12345678 cases: 123456.' },
  { id: '1', at: 1, channel: 'mail', to: 'daan@example.com', subject: 'Code', text: 'Your code is 111111.' },
];
const asked = [];
const server = createServer((request, response) => {
  const path = request.url.split('?')[0];
  const answer = (status, type, body) =>
    response.writeHead(status, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
  asked.push(`${request.method} ${request.url}`);
  if (pages[path]) answer(200, 'text/html; charset=utf-8', pages[path]);
  else if (path === '/throws.js') answer(200, 'text/javascript', 'throw new Error("on purpose")');
  else if (path === '/wide.svg') answer(200, 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  else if (path === '/messages') answer(200, 'application/json', JSON.stringify(mail));
  else if (path === '/advance' || path === '/favicon.ico') answer(204, 'text/plain', undefined);
  else answer(404, 'text/plain', 'not here');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const world = await World.start({ ...process.env, ZEGEL_IDP: origin, ZEGEL_CRM: origin, ZEGEL_CONTROL: origin });

/** What the harness says about a page; empty when it passes. */
async function verdict(path) {
  world.complaints.length = 0;
  const tab = await world.newPage();
  try {
    await tab.goto(origin + path, { waitUntil: 'networkidle' });
    await world.look(tab, 'selftest');
    world.expectNoComplaints();
    return '';
  } catch (error) {
    return error.message;
  } finally {
    await tab.context().close();
  }
}

let code = 0;
try {
  expectEqual(await verdict('/clean'), '', 'the page without a fault');
  const faults = {
    '/inline-script': 'policy violation: script-src',
    '/inline-style': 'policy violation: style-src',
    '/missing': '404',
    '/throws': 'exception: on purpose',
    '/wide': 'px wide',
    '/unlabelled': 'not accessible',
  };
  for (const [path, words] of Object.entries(faults)) {
    const said = await verdict(path);
    expect(said.includes(words), `${path}: expected words about ${JSON.stringify(words)}, found ${JSON.stringify(said)}`);
  }
  world.tolerate(/404/);
  expectEqual(await verdict('/missing'), '', 'a tolerated complaint');

  expectEqual(await world.codeFromMessages('daan@example.com'), '123456', 'the code of the newest message to Daan');
  expectEqual(await world.codeFromMessages('daan@example.com', ['2']), '111111', 'the code of the newest message not seen before');
  await world.advance(60_000);
  expect(asked.includes('POST /advance?ms=60000'), 'the control server is asked to move the clock');
  const tab = await world.newPage({ scripts: false, lang: 'nl', width: 360, theme: 'dark' });
  await tab.goto(`${origin}/clean`);
  await expectShown(tab, 'h1', 'Test');
  console.log('browser harness: notices what it should');
} catch (error) {
  code = 1;
  console.error(`browser harness: ${error.stack}`);
} finally {
  await world.stop();
  server.close();
}
process.exit(code);
