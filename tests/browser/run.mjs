// Runs one story in a real Chromium: `node tests/browser/run.mjs signin`. The Rust tests start the application and say by
// environment where it is: ZEGEL_IDP and ZEGEL_CRM (origins), ZEGEL_CONTROL (the test's control server), SHOTS (a folder
// for pictures; without it there are none). Ends with 0 only if the story held and the browser had nothing to complain about.

import { World } from './lib.mjs';

const name = process.argv[2] ?? '';
if (!/^[a-z][a-z-]*$/.test(name)) {
  console.error('usage: run.mjs STORY, one of tests/browser/stories');
  process.exit(2);
}
const { default: story } = await import(`./stories/${name}.mjs`);
const world = await World.start(process.env);
let code = 0;
try {
  await story(world);
  world.expectNoComplaints();
  console.log(`browser story ${name}: held`);
} catch (error) {
  code = 1;
  console.error(`browser story ${name}: ${error.stack}`);
  await world.describe(name);
} finally {
  await world.stop();
}
process.exit(code);
