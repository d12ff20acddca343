// Looks at the pages that no other story passes: the provider's own, from choosing a password to signing out, and the
// record store's list, form, dossier and delete page.

import { eventually, expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;

/** Someone new chooses a password by the link that was mailed. */
async function choosesPassword(world, email) {
  const page = await world.newPage();
  const link = await eventually(`a link in a message to ${email}`, async () => {
    const found = (await world.messages()).find((m) => m.to.includes(email));
    return found?.text.match(/https?:\S+\/password\/\S+/)?.[0];
  });
  await page.goto(link);
  await expectShown(page, '#password');
  await world.look(page, 'set-password');
  await page.fill('#password', 'short');
  await page.fill('#repeat', 'other');
  await world.submit(page);
  await expectShown(page, '#repeat-error');
  await world.look(page, 'set-password-wrong');
  await page.fill('#password', password);
  await page.fill('#repeat', password);
  await world.submit(page);
  // Led on to a second step, which nobody asks of him; signed out, he signs in.
  await expectShown(page, '.progress', 'Step 2 of 3');
  await page.goto(`${world.idp}/logout`);
  await world.submit(page);
  await page.goto(`${world.idp}/signin`);
  return page;
}

/** Signs in on the page that is open, and looks at it meanwhile. */
async function signsIn(world, page, email) {
  const before = (await world.messages()).map((m) => m.id);
  await page.fill('#username', email);
  await page.fill('#password', password);
  await world.submit(page);
  await expectShown(page, '#code');
  await world.look(page, 'signin-code');
  const code = await world.codeFromMessages(email, before);
  await page.fill('#code', code === '000000' ? '111111' : '000000');
  await world.submit(page);
  await expectShown(page, '#code-error');
  await world.look(page, 'signin-code-wrong');
  await page.fill('#code', code);
  await world.submit(page);
}

export default async function pages(world) {
  world.tolerate(/status of (404|410|422)/);

  const fresh = await choosesPassword(world, 'fresh@example.com');
  await signsIn(world, fresh, 'fresh@example.com');
  expect(fresh.url() === `${world.idp}/`, `the start page follows, not ${fresh.url()}`);
  await world.look(fresh, 'start');
  await fresh.goto(`${world.idp}/logout`);
  await expectShown(fresh, '#submit');
  await world.look(fresh, 'sign-out');
  await world.submit(fresh);
  await expectShown(fresh, 'h1');
  await world.look(fresh, 'signed-out');
  await fresh.goto(`${world.idp}/nothing-here`);
  await world.look(fresh, 'not-found');

  const page = await world.newPage();
  await page.goto(`${world.crm}/m/relations`);
  await world.signIn(page, 'mila@example.com', password);
  await expectShown(page, '#new');
  await world.look(page, 'list');
  await world.follow(page, '#new');
  await expectShown(page, '#submit');
  await world.look(page, 'form');
  await world.submit(page);
  await expectShown(page, '[aria-invalid="true"]');
  await world.look(page, 'form-wrong');
  await page.goto(`${world.crm}/m/relations`);
  await world.follow(page, 'main table tbody a');
  await expectShown(page, '#record-name');
  await world.look(page, 'dossier');
  const record = page.url().split('?')[0];
  await page.goto(`${record}/delete`);
  await expectShown(page, '#submit');
  await world.look(page, 'delete');
  await page.goto(`${world.crm}/m/deliveries`);
  await world.follow(page, 'main table tbody a');
  await expectShown(page, '#edit.main');
  await world.look(page, 'record');
}
