// Patricia's portal: her quote only since it was approved, nothing internal, the second application without a second
// sign-in; Mila takes her access away, and her next click is refused in both. Then one sign-out for all.

import { expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;
const accounting = process.env.ZEGEL_ACCOUNTING;

/** A browser of somebody who is signed in at the record store. */
async function signedIn(world, email, options = {}) {
  const page = await world.newPage(options);
  await page.goto(`${world.crm}/`);
  await world.signIn(page, email, password);
  return page;
}

async function says(page, text) {
  return (await page.locator('main').innerText()).includes(text);
}

export default async function portal(world) {
  // A record that isn't hers and an application that she may no longer use are answered by 4xx, which the browser notes.
  world.tolerate(/status of (403|404)/);
  const patricia = await signedIn(world, 'patricia@example.com');
  await expectShown(patricia, 'h1', 'Patricia');
  expect(await says(patricia, 'Q-312'), 'her approved quote is on the home page');
  expect(!(await says(patricia, 'Q-313')), 'the quote under negotiation is not');
  await world.look(patricia, 'portal');
  for (const lang of ['nl', 'pl', 'tr']) {
    await patricia.goto(`${world.crm}/lang/${lang}?to=/`);
    await world.look(patricia, `portal-${lang}`);
  }
  await patricia.goto(`${world.crm}/lang/en?to=/`);
  await patricia.goto(`${world.crm}/m/notes`);
  expect(!(await says(patricia, 'Margin')), 'no internal note is in the list');
  await patricia.goto(`${world.crm}/m/quotes`);
  await world.look(patricia, 'portal-list');
  await world.follow(patricia, 'a:text-is("Q-312")');
  await world.look(patricia, 'portal-record');

  // Mila approves the other one.
  const mila = await signedIn(world, 'mila@example.com');
  await mila.goto(`${world.crm}/m/quotes`);
  await world.follow(mila, 'a:text-is("Q-313")');
  const address = mila.url().split('?')[0];
  await patricia.goto(address);
  expect(!(await says(patricia, 'Q-313')), 'before it is approved its address shows nothing');
  await world.follow(mila, '#set-stage-approved');
  await patricia.goto(address);
  expect(await says(patricia, 'Q-313'), 'her next click shows it');

  // The second application opens signed in, from her tile.
  await patricia.goto(`${world.crm}/`);
  await world.follow(patricia, '.tile:has-text("Accounting")');
  expect(patricia.url().startsWith(accounting), `the tile opens the application, not ${patricia.url()}`);
  await expectShown(patricia, 'main', 'Patricia Nowak');

  // Her access is taken away by the buttons of the page.
  await mila.goto(`${world.crm}/m/relations`);
  await world.follow(mila, 'a:text-is("Kowalski Transport")');
  await world.look(mila, 'dossier');
  await world.follow(mila, '.tabs a:text-is("Access")');
  await world.look(mila, 'access');
  const row = mila.locator('tr', { hasText: 'Patricia Nowak' });
  await row.locator('summary[id^="take-"]').click();
  await Promise.all([mila.waitForNavigation(), row.locator('form[action$="/take"] button').click()]);
  await expectShown(mila, '.notice.good', 'everywhere');
  await world.look(mila, 'access-taken');

  await patricia.goto(address);
  expect(!(await says(patricia, 'Q-313')), 'her next click in the record store is refused');
  await patricia.goto(`${world.crm}/`);
  expect(!(await says(patricia, 'Q-312')), 'and her home shows nothing of it');
  await world.look(patricia, 'portal-after');
  await patricia.goto(accounting);
  expect(!(await says(patricia, 'Patricia Nowak')), 'accounting has signed her out');
  await patricia.goto(`${accounting}/login`);
  expect(!(await says(patricia, 'Patricia Nowak')), 'and lets her in no more');

  // One sign-out ends everything.
  await mila.goto(`${accounting}/login`);
  await expectShown(mila, 'main', 'Mila de Boer');
  await mila.goto(`${world.crm}/`);
  await mila.locator('details.menu > summary').first().click();
  await world.follow(mila, 'form[action$="/sign-out"] button');
  await mila.goto(`${accounting}/login`);
  await expectShown(mila, '#username');
}
