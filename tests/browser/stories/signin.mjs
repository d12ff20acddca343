// Daan opens the record store, is sent to the provider, signs in with password and mailed code, sees who he is, signs
// out, and is asked to sign in again.

import { expect, expectShown } from '../lib.mjs';

const email = process.env.ZEGEL_EMAIL ?? 'daan@example.com';
const password = process.env.ZEGEL_PASSWORD ?? 'daan-password';
const person = process.env.ZEGEL_PERSON ?? 'Daan';

export default async function signin(world) {
  const page = await world.newPage();
  await page.goto(`${world.crm}/me`);
  await expectShown(page, '#username');
  expect(page.url().startsWith(world.idp), `signing in is the provider's page, not ${page.url()}`);
  await world.look(page, 'signin');

  await world.signIn(page, email, password);
  await expectShown(page, '[data-person]', person);
  expect(page.url().startsWith(world.crm), `after signing in the record store is shown, not ${page.url()}`);
  await world.look(page, 'home');
  const cookies = (await page.context().cookies()).filter((c) => !c.httpOnly && /session/i.test(c.name));
  expect(cookies.length === 0, 'no script can read a session cookie');

  await page.locator('details.menu > summary').first().click();
  await world.follow(page, 'form[action$="/sign-out"] button, #sign-out');
  await page.goto(`${world.crm}/me`);
  await expectShown(page, '#username');
}
