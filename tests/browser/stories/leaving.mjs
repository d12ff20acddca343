// An administrator invites somebody, helps a colleague back in, hands a leaver's work over, disables and erases him; has the next
// signing keys made; and adds another provider, which somebody sees in his account.

import { expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;

async function invites(world, page) {
  await page.goto(`${world.idp}/admin/people/invited`);
  await world.signIn(page, 'ada@example.com', password);
  await expectShown(page, '.empty');
  await world.look(page, 'invited-none');
  await page.goto(`${world.idp}/admin/people/invite`);
  await page.fill('#email', 'eva@example.com');
  await page.fill('#name', 'Eva Jansen');
  await page.fill('#roles', `driver, ${'x'.repeat(70)}`);
  await world.submit(page);
  await expectShown(page, '#roles-error');
  await world.look(page, 'invite-wrong');
  await page.fill('#roles', 'driver, sales');
  await world.submit(page);
  await expectShown(page, 'main table tbody th', 'Eva Jansen');
  await world.look(page, 'invited');
}

async function ends(world, page) {
  await page.goto(`${world.idp}/admin/people?q=daan`);
  await world.follow(page, 'main table tbody a');
  const person = page.url().split('?')[0];
  await expectShown(page, '#leaving');
  await world.look(page, 'person');
  await world.follow(page, '#leaving a[href$="/recovery"]');
  await page.selectOption('#scope', 'factors');
  await page.fill('#reason', 'He rang from the number that we have.');
  await world.look(page, 'recovery-ask');
  await world.submit(page);
  await expectShown(page, '.toast');

  await page.goto(`${person}/hand-over`);
  await page.fill('#to', 'nobody@example.com');
  await world.submit(page);
  await expectShown(page, '#to-error');
  await world.look(page, 'hand-over-wrong');
  await page.fill('#to', 'mila@example.com');
  await world.submit(page);
  await expectShown(page, '.toast');
  await world.look(page, 'person-disabled');

  await world.follow(page, '#leaving a[href$="/erase"]');
  await page.fill('#address', 'mila@example.com');
  await world.submit(page);
  await expectShown(page, '#address-error');
  await world.look(page, 'erase-wrong');
  await page.fill('#address', 'daan@example.com');
  await world.submit(page);
  await expectShown(page, '.toast');
  await page.goto(person);
  await expectShown(page, 'h1');
  expect((await page.locator('#leaving').count()) === 0, 'nothing is left to press');
  await world.look(page, 'person-erased');
}

async function rotates(world, page) {
  await page.goto(`${world.idp}/admin/keys`);
  await world.follow(page, 'a[href$="/keys/rotate"]');
  await world.look(page, 'keys-rotate');
  await world.submit(page);
  await expectShown(page, '.toast');
  await world.look(page, 'keys');
}

async function federates(world, page) {
  await page.goto(`${world.idp}/admin/federation`);
  await expectShown(page, '.empty');
  await world.look(page, 'federation-none');
  await page.goto(`${world.idp}/admin/federation/new`);
  await page.fill('#id', 'contoso');
  await page.fill('#issuer', 'http://127.0.0.1:9');
  await page.fill('#name', 'Contoso');
  await page.fill('#client_id', 'zegel');
  await page.fill('#client_secret', 'a secret of theirs');
  await page.fill('#domains', 'contoso.example');
  await page.fill('#groups', 'Sales');
  await world.submit(page);
  await expectShown(page, '#groups-error');
  await world.look(page, 'federation-wrong');
  await page.fill('#groups', 'CN=Sales,DC=contoso = Sales');
  await page.fill('#trust', 'amr mfa = urn:zegel:acr:password-app');
  await page.fill('#client_secret', 'a secret of theirs');
  await world.submit(page);
  await expectShown(page, '.toast');
  await world.follow(page, '#connection-submit');
  await expectShown(page, '#connection .tag.bad');
  await world.look(page, 'federation-provider');
  await page.goto(`${world.idp}/admin/federation`);
  await world.look(page, 'federation');
  await page.goto(`${world.idp}/`);
  await expectShown(page, '#administration');
  await world.look(page, 'start');
}

/** Somebody connects an account of his; and without scripts an account is disabled as well. */
async function sees(world) {
  const page = await world.newPage();
  await page.goto(`${world.idp}/account/security`);
  await world.signIn(page, 'mila@example.com', password);
  await world.follow(page, '#connections');
  await expectShown(page, 'form[action$="/contoso/connect"]');
  await world.look(page, 'connections');
  const plain = await world.newPage({ scripts: false });
  await plain.goto(`${world.idp}/admin`);
  await world.signIn(plain, 'ada@example.com', password);
  await plain.goto(`${world.idp}/`);
  await expectShown(plain, '#administration');
  await plain.goto(`${world.idp}/admin/people?q=patricia`);
  await world.follow(plain, 'main table tbody a');
  await plain.click('#disable');
  await world.follow(plain, '#disable-yes');
  await expectShown(plain, '#enable');
}

export default async function leaving(world) {
  world.tolerate(/status of (404|422)/);
  const page = await world.newPage();
  await invites(world, page);
  await ends(world, page);
  await rotates(world, page);
  await federates(world, page);
  await sees(world);
}
