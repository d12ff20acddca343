// The ways in and back: registering, an invitation, a link that is lost, a passkey and a code beside it, and an administrator who is
// asked and approves.

import { expect, expectEqual, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;
const another = 'three geese over Zwolle';

async function chooses(world, page) {
  await page.fill('#password', another);
  await page.fill('#repeat', another);
  await world.submit(page);
}

async function asksForALink(world, page, email) {
  await page.goto(`${world.idp}/recover`);
  await page.fill('#username', email);
  await world.submit(page);
  await expectShown(page, 'h1', 'Look in your mail');
  return world.linkTo(email, '/recover/');
}

export default async function ways(world) {
  world.tolerate(/status of (404|410|422|429)/);
  const page = await world.newPage();
  await page.goto(`${world.idp}/register`);
  await world.look(page, 'register');
  await world.tongues(page, 'register');
  await page.fill('#email', 'nobody');
  await world.submit(page);
  await expectShown(page, '#email-error');
  await world.look(page, 'register-wrong');
  await page.fill('#name', 'Rosa Nieuw');
  await page.fill('#email', 'rosa@example.com');
  await world.submit(page);
  await expectShown(page, 'h1', 'Look in your mail');
  await world.look(page, 'register-sent');
  await page.goto(await world.linkTo('rosa@example.com', '/welcome/'));
  await world.look(page, 'welcome');
  await world.tongues(page, 'welcome');
  await chooses(world, page);
  await expectShown(page, '.progress', 'Step 2 of 3');
  await world.look(page, 'setup-offered');
  await world.follow(page, 'button[value=factor]');
  expectEqual(page.url(), `${world.idp}/`, 'what is not asked is put off');

  // Daan has a passkey and an app.
  const daan = await world.newPage();
  const cdp = await daan.context().newCDPSession(daan);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await daan.goto(`${world.idp}/account/security/passkeys/new`);
  await world.signIn(daan, 'daan@example.com', password);
  await daan.fill('#name', 'Phone');
  await world.submit(daan);
  await expectShown(daan, 'main', 'Phone');
  await daan.goto(`${world.idp}/recover`);
  await world.look(daan, 'recover');
  await world.tongues(daan, 'recover');
  await daan.goto(await asksForALink(world, daan, 'daan@example.com'));
  await world.look(daan, 'recover-prove');
  await world.tongues(daan, 'recover-prove');
  await world.follow(daan, '#passkey button');
  await expectShown(daan, '#repeat');
  await world.look(daan, 'recover-choose');
  await chooses(world, daan);
  expect(daan.url().startsWith(`${world.idp}/setup`), `the sign-in has begun, at ${daan.url()}`);

  // Mila has only her mailbox: an administrator is asked, without scripts.
  const mila = await world.newPage({ scripts: false });
  const link = await asksForALink(world, mila, 'mila@example.com');
  await mila.goto(link);
  await mila.fill('#reason', 'Call me at the office');
  await world.follow(mila, '#ask');
  await expectShown(mila, 'h1', 'An administrator has been asked');
  const waiting = await world.newPage();
  await waiting.goto(link);
  await world.look(waiting, 'recover-waiting');
  await world.tongues(waiting, 'recover-waiting');

  const ada = await world.newPage();
  await ada.goto(`${world.idp}/admin/recoveries`);
  await world.signIn(ada, 'ada@example.com', password);
  await expectShown(ada, 'main', 'Call me at the office');
  await world.look(ada, 'admin-recoveries');
  await world.tongues(ada, 'admin-recoveries');
  await ada.locator('[id^=approve-]').first().click();
  await world.follow(ada, '[id^=approve-][id$=-yes]');
  await expectShown(ada, '.toast');
  await world.look(ada, 'admin-recoveries-none');
  await mila.goto(link);
  await chooses(world, mila);
  await expectShown(mila, '.progress');
  await world.follow(mila, 'button[value=factor]');
  expectEqual(mila.url(), `${world.idp}/`, 'signed in without scripts');
}
