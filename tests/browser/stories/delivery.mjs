// Daan sets a delivery to Delivered; the customer's code seals it. Played with the right code after a wrong one, and on
// other deliveries with an expired and with an exhausted code, after which the record is as it was.

import { expect, expectShown } from '../lib.mjs';

const password = process.env.ZEGEL_PASSWORD;
const wrong = (code) => (code === '00000' ? '11111' : '00000');

/** Opens a delivery from the list and sets it to Delivered; the page is then the dialog that asks for the code. */
async function deliver(world, page, number) {
  await page.goto(`${world.crm}/m/deliveries`);
  await world.follow(page, `a:text-is("${number}")`);
  const before = (await world.messages()).map((m) => m.id);
  await world.follow(page, '#set-status-delivered');
  await expectShown(page, '#code');
  expect(page.url().includes('/pending/'), `the dialog is a page of its own, not ${page.url()}`);
  return before;
}

/** Types a code and presses the main button. */
async function give(world, page, code) {
  await page.fill('#code', code);
  await world.submit(page);
}

/** The delivery is still on the road. */
async function unchanged(world, page, number) {
  await page.goto(`${world.crm}/m/deliveries`);
  const row = page.locator('tr', { hasText: number });
  expect((await row.innerText()).includes('On the road'), `${number} has not changed`);
}

export default async function delivery(world) {
  world.tolerate(/status of (409|410|422|429)/);
  const page = await world.newPage();
  await page.goto(`${world.crm}/`);
  await world.signIn(page, 'daan@example.com', password);
  await world.look(page, 'overview');

  // The right code, after a wrong one.
  let before = await deliver(world, page, 'D-2041');
  await world.look(page, 'delivery-code');
  const code = await world.codeFromMessages('patricia@example.com', before, 5);
  await give(world, page, wrong(code));
  await expectShown(page, '#tries', '4');
  await world.look(page, 'delivery-code-wrong');
  await give(world, page, code);
  await expectShown(page, 'main', 'Delivered');
  expect(page.url().includes('/m/deliveries/'), `after the right code the record is shown, not ${page.url()}`);
  for (let n = 0; n < 100 && !(await page.locator('a.seal').count()); n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await page.reload();
  }
  await expectShown(page, 'a.seal', 'p•••@example.com');
  await world.look(page, 'delivery-sealed');

  // Its receipt, here and at the provider, for everyone.
  await world.follow(page, 'a.seal');
  const [address] = await page.$$eval('a', (all) => all.map((a) => a.href).filter((h) => h.includes('/receipts/')));
  expect(address, 'the receipt leads to the page that checks it');
  const open = await page.$$eval('a', (all, idp) => all.map((a) => a.href).find((h) => h.startsWith(`${idp}/receipts/`)), world.idp);
  const visitor = await world.newPage();
  await visitor.goto(open);
  await expectShown(visitor, 'h1', 'genuine');
  await world.look(visitor, 'receipt');

  // An expired code changes nothing.
  before = await deliver(world, page, 'D-2042');
  const late = await world.codeFromMessages('pieter@smit.example', before, 5);
  await world.advance(301_000);
  await give(world, page, late);
  expect(page.url().includes('/pending/'), 'an expired code leads nowhere');
  await expectShown(page, 'main', 'This code has expired');
  await world.look(page, 'delivery-code-expired');
  await unchanged(world, page, 'D-2042');

  // Neither does the right one after too many wrong ones.
  before = await deliver(world, page, 'D-2044');
  const right = await world.codeFromMessages('pieter@smit.example', before, 5);
  const form = await page.$eval('#code', (field) => {
    const fields = Object.fromEntries(new FormData(field.form).entries());
    return { action: field.form.action, fields };
  });
  for (let n = 0; n < 5; n += 1) await give(world, page, wrong(right));
  await expectShown(page, 'main', 'Too many wrong codes');
  await world.look(page, 'delivery-code-exhausted');
  // There is no field for it any more; sent all the same, from the page itself, it is refused.
  expect((await page.locator('#code').count()) === 0, 'no code is asked for any more');
  const said = await page.evaluate(async ({ action, fields }) => {
    const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) });
    return { status: answer.status, text: await answer.text() };
  }, { action: form.action, fields: { ...form.fields, attempt: `${form.fields.attempt}-late`, code: right } });
  expect(said.status >= 400 || said.text.includes('Too many wrong codes'), `the right code is refused: ${said.status}`);
  expect(!said.text.includes('class="seal"'), 'and seals nothing');
  await unchanged(world, page, 'D-2044');
}
