// Somebody's own account, page by page: looked at in both themes, both widths and each language; and every form of it with scripts off.

import { expect, expectEqual, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;
const email = 'daan@example.com';

/** Opens a page of the account and looks at it. */
async function opens(world, page, path) {
  await page.goto(`${world.idp}${path}`);
  expectEqual(new URL(page.url()).pathname, path, 'where it leads');
  await expectShown(page, 'h1');
  const name = path.slice(1).replaceAll('/', '-');
  await world.look(page, name);
  await world.tongues(page, name);
}

export default async function account(world) {
  world.tolerate(/status of (404|410|422)/);
  const page = await world.newPage();
  await page.goto(`${world.idp}/account`);
  await world.signIn(page, email, password);
  for (const part of ['', '/profile', '/details', '/sessions', '/applications', '/activity', '/email', '/password', '/remembered', '/connections', '/security']) {
    await opens(world, page, `/account${part}`);
  }
  await page.goto(`${world.idp}/account/profile`);
  await page.fill('#name', '');
  await world.submit(page);
  await expectShown(page, '#name-error');
  await world.look(page, 'account-profile-wrong');
  await page.goto(`${world.idp}/account/password`);
  await page.fill('#password', 'short');
  await page.fill('#repeat', 'other');
  await world.submit(page);
  await expectShown(page, '#repeat-error');
  await world.look(page, 'account-password-wrong');
  await page.goto(`${world.idp}/account/email`);
  await page.fill('#email', 'daan.visser@example.com');
  await world.submit(page);
  await expectShown(page, '#cancel');
  await world.look(page, 'account-email-waiting');
  await page.goto(await world.linkTo('daan.visser@example.com', '/address/'));
  await world.look(page, 'address');
  await world.tongues(page, 'address');
  await page.goto(`${world.idp}/account/email`);
  await world.follow(page, '#cancel');

  // What is told of a new browser leads to a button that stops whoever it was.
  const other = await world.newPage();
  await other.goto(`${world.idp}/account`);
  await world.advance(40_000);
  await world.signIn(other, email, password);
  await page.goto(await world.linkTo(email, '/not-me/'));
  await expectShown(page, '#submit');
  await world.look(page, 'not-me');
  await world.tongues(page, 'not-me');

  // Without scripts.
  const plain = await world.newPage({ scripts: false });
  await plain.goto(`${world.idp}/account/profile`);
  await world.advance(40_000);
  await world.signIn(plain, 'mila@example.com', password);
  await plain.fill('#name', 'Mila de Groot');
  await world.submit(plain);
  await expectShown(plain, '#name', 'Mila de Groot');
  await plain.goto(`${world.idp}/account/sessions`);
  expect((await plain.locator('#sessions > li').count()) >= 1, 'her session is listed');
  await plain.goto(`${world.idp}/account/email`);
  await plain.fill('#email', 'mila.degroot@example.com');
  await world.submit(plain);
  await world.follow(plain, '#cancel');
  await plain.goto(`${world.idp}/account/password`);
  await plain.fill('#password', 'three geese over Zwolle');
  await plain.fill('#repeat', 'three geese over Zwolle');
  await world.submit(plain);
  await expectShown(plain, '[role=status]', 'is changed');
  await plain.goto(`${world.idp}/account/security/authenticator`);
  await world.submit(plain);
  const code = await world.appShows(plain, await plain.locator('#key').innerText());
  await plain.fill('#code', code);
  await world.submit(plain);
  await expectShown(plain, '[role=status]');
  await plain.goto(`${world.idp}/account/sessions`);
  await world.follow(plain, '#end-all');
  await expectShown(plain, 'h1');
  await plain.goto(`${world.idp}/account`);
  await expectShown(plain, '#username');
}
