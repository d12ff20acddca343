// Nora opens the link that she was mailed and is led from her password to what her policy asks, closes the tab on the way, takes it up
// again, and ends signed in at the record store; and with scripts off by the same way.

import { expect, expectEqual, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;

/** Chooses a password by the link to `email`; ends at the next step. */
async function choosesPassword(world, page, email, path) {
  await page.goto(await world.linkTo(email, path));
  await page.fill('#password', password);
  await page.fill('#repeat', password);
  await world.submit(page);
  expectEqual(page.url(), `${world.idp}/setup`, 'after the password');
}

/** Sets up an app, from the list of what would do. */
async function setsUpTheApp(world, page) {
  await world.follow(page, 'a[href="/account/security/authenticator"]');
  await expectShown(page, '.steps [aria-current=step]', 'Second step');
  await world.submit(page);
  await expectShown(page, '#key');
  const code = await world.appShows(page, await page.locator('#key').innerText());
  await page.fill('#code', code);
  await world.submit(page);
  await expectShown(page, '.steps [aria-current=step]', 'Recovery codes');
}

export default async function setup(world) {
  world.tolerate(/status of (403|404|422)/);
  let page = await world.newPage();
  await choosesPassword(world, page, 'nora@example.com', '/password/');
  await expectShown(page, '.progress', 'Step 2 of 3');
  await world.look(page, 'setup');
  await world.tongues(page, 'setup');

  // The tab is closed and opened again.
  const context = page.context();
  await page.close();
  world.pages = world.pages.filter((p) => p !== page);
  page = await context.newPage();
  world.pages.push(page);
  await page.goto(`${world.idp}/account`);
  expectEqual(page.url(), `${world.idp}/setup`, 'her account leads to what is missing');
  await page.goto(`${world.idp}/account/security/authenticator`);
  await world.look(page, 'setup-app');
  await page.goto(`${world.idp}/account/security/passkeys/new`);
  await world.look(page, 'setup-passkey');
  await world.follow(page, 'a[href="/setup"]');

  await setsUpTheApp(world, page);
  await world.look(page, 'setup-codes');
  await world.tongues(page, 'setup-codes');
  await world.submit(page);
  await expectShown(page, '.codes');
  expectEqual(await page.locator('.codes li').count(), 10, 'codes');
  await world.look(page, 'setup-codes-shown');
  await world.submit(page);
  expectEqual(page.url(), `${world.idp}/`, 'at the end');
  await page.goto(`${world.crm}/me`);
  await expectShown(page, '[data-person]', 'Nora Vink');

  // An application that asks for more than somebody has: told so, led to it, and opened when it is there.
  const strict = await world.newPage();
  await strict.goto(`${world.idp}/authorize?${process.env.ZEGEL_STRICT}`);
  await world.signIn(strict, 'daan@example.com', password);
  await expectShown(strict, 'a[href="/setup"]');
  await world.look(strict, 'stronger');
  await world.follow(strict, 'a[href="/setup"]');
  await expectShown(strict, '.progress', 'Step 1 of 2');
  await world.look(strict, 'setup-application');
  await setsUpTheApp(world, strict);
  await world.follow(strict, 'button[value=codes]');
  expect(strict.url().startsWith(world.control) && strict.url().includes('code='), `the application is opened, not ${strict.url()}`);

  // Without scripts all of it works as well; what is not asked is put off.
  const plain = await world.newPage({ scripts: false });
  await choosesPassword(world, plain, 'plain@example.com', '/welcome/');
  await expectShown(plain, '.progress', 'Step 2 of 3');
  await setsUpTheApp(world, plain);
  await world.follow(plain, 'button[value=codes]');
  expectEqual(plain.url(), `${world.idp}/`, 'at the end without scripts');
}
