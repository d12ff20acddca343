// An administrator adds a person, puts her in a group, gives a role, ends a session and reads in the audit log what was done.

import { expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;

export default async function admin(world) {
  world.tolerate(/status of (404|422)/);
  const page = await world.newPage();
  await page.goto(`${world.idp}/admin/people`);
  await world.signIn(page, 'ada@example.com', password);
  expect(page.url() === `${world.idp}/admin/people`, `the sign-in leads back to people, not to ${page.url()}`);
  await expectShown(page, 'h1');
  await world.look(page, 'admin-people');
  await page.fill('#q', 'nobody is called this');
  await world.follow(page, '#filter');
  await expectShown(page, '.empty');
  await world.look(page, 'admin-people-none');

  await page.goto(`${world.idp}/admin/people/new`);
  await page.fill('#email', 'eva@example.com');
  await page.fill('#name', 'Eva Jansen');
  await page.fill('#phone', '12');
  await world.submit(page);
  await expectShown(page, '#phone-error');
  await world.look(page, 'admin-person-wrong');
  await page.fill('#phone', '06 12345642');
  await world.submit(page);
  await expectShown(page, '.toast');
  const person = page.url().split('?')[0];

  await page.goto(`${world.idp}/admin/groups/new`);
  await world.look(page, 'admin-group-new');
  await page.fill('#name', 'Night shift');
  await world.submit(page);
  await expectShown(page, '.toast');
  await page.fill('#who', 'eva@example.com');
  await world.follow(page, '#members-submit');
  await expectShown(page, '#members li a', 'Eva Jansen');
  await world.look(page, 'admin-group');
  await page.goto(person);
  await page.fill('#role', 'sales');
  await world.follow(page, '#roles-submit');
  await expectShown(page, '#roles li a', 'sales');
  await world.look(page, 'admin-person');
  await page.click('#role-0');
  await expectShown(page, '#role-0-yes');
  await world.follow(page, '#role-0-yes');
  await expectShown(page, '.toast');

  for (const part of ['', '/groups', '/roles', '/roles/administrator', '/invitations', '/links', '/links/new', '/policies', '/policies/staff', '/sessions', '/keys', '/audit']) {
    await page.goto(`${world.idp}/admin${part}`);
    await expectShown(page, 'h1');
    await world.look(page, `admin${part.replaceAll('/', '-') || '-overview'}`);
  }
  await page.selectOption('#f-action', 'role.');
  await world.follow(page, '#filter');
  await expectShown(page, 'main table tbody th', 'Role taken');
  await world.follow(page, 'main table tbody a');
  await expectShown(page, 'dl');
  await world.look(page, 'admin-audit-line');

  // Without scripts all of it works as well.
  const plain = await world.newPage({ scripts: false });
  await plain.goto(`${world.idp}/admin/groups`);
  await world.signIn(plain, 'ada@example.com', password);
  await plain.fill('#q', 'night');
  await world.follow(plain, '#filter');
  await world.follow(plain, 'main table tbody a');
  await expectShown(plain, '#members li a', 'Eva Jansen');
  await plain.click('#delete');
  await world.follow(plain, '#delete-yes');
  await expectShown(plain, '.toast');
}
