// What applications ask people: consent, and a device that somebody signs in from another one; with and without scripts.

import { expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;

/** A code that a device shows. */
async function deviceCode(world) {
  const body = new URLSearchParams({ client_id: 'tv', scope: 'openid profile email' });
  const answer = await fetch(`${world.idp}/device_authorization`, { method: 'POST', body });
  expect(answer.ok, `the device is answered ${answer.status}`);
  return (await answer.json()).user_code;
}

async function allows(world, page, look) {
  await page.goto(`${world.idp}/authorize?${process.env.ZEGEL_ASKING}`);
  await world.signIn(page, look ? 'daan@example.com' : 'mila@example.com', password);
  await expectShown(page, '#asks');
  if (look) {
    await world.look(page, 'consent');
    await world.tongues(page, 'consent');
  }
  await world.submit(page);
  expect(page.url().startsWith(world.control) && page.url().includes('code='), `the application is opened, not ${page.url()}`);
}

async function signsInADevice(world, page, look) {
  await page.goto(`${world.idp}/device`);
  if (look) {
    await world.look(page, 'device');
    await world.tongues(page, 'device');
  }
  await page.fill('#user_code', 'BBBB-BBBB');
  await world.submit(page);
  await expectShown(page, '#user_code-error');
  if (look) await world.look(page, 'device-wrong');
  await page.fill('#user_code', await deviceCode(world));
  await world.submit(page);
  await expectShown(page, '#shown-code');
  if (look) await world.look(page, 'device-confirm');
  await world.submit(page);
  await expectShown(page, 'h1');
  if (look) await world.look(page, 'device-done');
}

export default async function consent(world) {
  world.tolerate(/status of (400|404|410|422)/);
  const page = await world.newPage();
  await allows(world, page, true);
  await signsInADevice(world, page, true);
  await page.goto(`${world.idp}/account/applications`);
  await expectShown(page, '#applications', 'Ledger');
  await world.look(page, 'account-applications-some');
  const plain = await world.newPage({ scripts: false });
  await allows(world, plain, false);
  await signsInADevice(world, plain, false);
  await plain.goto(`${world.idp}/account/applications`);
  await world.follow(plain, '#applications li form button');
  await expectShown(plain, '[role=status]');
}
