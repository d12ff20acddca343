// An administrator registers an application, mends what was wrong, says who may use it, gives it another secret, tries it, and
// makes a token with which others register theirs.

import { expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;

async function open(page, group) {
  await page.locator(`#group-${group} > summary`).click();
}

export default async function applications(world) {
  world.tolerate(/status of (404|422)/);
  const page = await world.newPage();
  await page.goto(`${world.idp}/admin/applications`);
  await world.signIn(page, 'ada@example.com', password);
  await expectShown(page, 'main table');
  await world.look(page, 'applications');

  await page.goto(`${world.idp}/admin/applications/new`);
  await world.look(page, 'application-new');
  await page.fill('#client_id', 'ledger');
  await page.fill('#client_name', 'Ledger');
  await page.fill('#redirect_uris', 'http://ledger.example.com/callback');
  await open(page, 'leaving');
  await page.fill('#backchannel_logout_uri', 'https://ledger.example.com/told');
  await world.submit(page);
  await expectShown(page, '#redirect_uris-error', 'https');
  await world.look(page, 'application-wrong');
  await page.fill('#redirect_uris', 'https://ledger.example.com/callback');
  await page.check('#grant_types-2');
  for (const group of ['people', 'leaving', 'look', 'proof', 'tokens', 'protection']) await open(page, group);
  await world.look(page, 'application-all-fields');
  await world.submit(page);
  await expectShown(page, 'dl .id', 'ledger');
  await expectShown(page, 'dt:has-text("Secret")');
  await world.look(page, 'application-made');

  await page.goto(`${world.idp}/admin/applications/ledger/edit`);
  await open(page, 'look');
  await page.fill('#localized', 'client_name#nl = Grootboek');
  await world.submit(page);
  await expectShown(page, '.toast');
  await expectShown(page, '#look', 'Grootboek');
  await page.selectOption('#kind', 'person');
  await page.fill('#who', 'nobody@example.com');
  await world.follow(page, '#allowed-submit');
  await expectShown(page, '#who-error');
  await page.selectOption('#kind', 'person');
  await page.fill('#who', 'ada@example.com');
  await world.follow(page, '#allowed-submit');
  await page.click('#limit');
  await expectShown(page, '#limit-yes');
  await world.follow(page, '#limit-yes');
  await expectShown(page, '#open');
  await world.look(page, 'application');
  await page.click('#new-secret');
  await world.follow(page, '#new-secret-yes');
  await expectShown(page, 'dt:has-text("Secret")');

  // A trial is a real sign-in, and shows no token.
  await page.goto(`${world.idp}/admin/applications/ledger/try`);
  await world.look(page, 'trial-form');
  await page.fill('#scope', 'nothing');
  await world.submit(page);
  await expectShown(page, '#scope-error');
  await page.fill('#scope', 'openid profile email');
  await world.submit(page);
  await expectShown(page, '#step-logout');
  expect(page.url().startsWith(`${world.idp}/admin/try?`), `the answer came to ${page.url()}`);
  await expectShown(page, '#step-id-token pre >> nth=1', '"nonce"');
  await expectShown(page, '#step-userinfo', 'ada@example.com');
  expect((await page.locator('.tag.bad').count()) === 0, 'every step is right');
  expect(!/eyJ[\w-]{20}/.test(await page.content()), 'no token is in the page');
  await world.look(page, 'trial');
  await page.reload();
  await expectShown(page, '#step-token-answer .tag.bad');
  await world.look(page, 'trial-bad');
  await world.follow(page, '#again');
  await expectShown(page, '#scope');

  await page.goto(`${world.idp}/admin/registration-tokens`);
  await page.fill('#note', 'The team of the planner');
  await page.fill('#days', '400');
  await page.locator('#tokens form').last().evaluate((form) => { form.noValidate = true; });
  await world.follow(page, '#tokens-submit');
  await expectShown(page, '#days-error');
  await page.fill('#note', 'The team of the planner');
  await page.fill('#days', '7');
  await world.follow(page, '#tokens-submit');
  await expectShown(page, 'dt:has-text("Token")');
  await world.look(page, 'registration-tokens');
  await page.click('#token-0');
  await world.follow(page, '#token-0-yes');
  await expectShown(page, '.toast');

  // Without scripts all of it works as well, and the record store can be looked at and not changed.
  const plain = await world.newPage({ scripts: false });
  await plain.goto(`${world.idp}/admin/applications/record-store`);
  await world.signIn(plain, 'ada@example.com', password);
  expect((await plain.locator('a[href$="/edit"]').count()) === 0, 'the record store is not changed here');
  await plain.goto(`${world.idp}/admin/applications/ledger`);
  await plain.click('#disable');
  await world.follow(plain, '#disable-yes');
  await expectShown(plain, '.tag.bad', 'Disabled');
}
