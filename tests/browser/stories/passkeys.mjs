// Daan sets up everything that the Security page offers, with authenticators that Chromium simulates: a passkey that signs in by a
// button, by the field, and after a password; one whose user is not verified; a copy with an old counter; and its removal, which
// asks for a fresh sign-in. The authenticator app is `oathtool`.

import { execFileSync } from 'node:child_process';
import { eventually, expect, expectEqual, expectShown, fail } from '../lib.mjs';

const email = process.env.ZEGEL_EMAIL;
const password = process.env.ZEGEL_PASSWORD;

/** An authenticator in a page's browser. Nobody touches it until `touched(true)`. */
class Device {
  static async plug(page, options = {}) {
    const device = new Device();
    device.cdp = await page.context().newCDPSession(page);
    await device.cdp.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await device.cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        ...options,
      },
    });
    device.authenticatorId = authenticatorId;
    return device;
  }
  async send(what, more = {}) {
    return this.cdp.send(`WebAuthn.${what}`, { authenticatorId: this.authenticatorId, ...more });
  }
  async touched(enabled) {
    await this.send('setAutomaticPresenceSimulation', { enabled });
  }
  async verifies(isUserVerified) {
    await this.send('setUserVerified', { isUserVerified });
  }
  async credentials() {
    return (await this.send('getCredentials')).credentials;
  }
  async unplug() {
    await this.send('removeVirtualAuthenticator');
  }
}

/** The seconds by the application's clock, which a page says. */
async function now(page) {
  return Math.floor(Date.parse(await page.locator('meta[name=made-at]').getAttribute('content')) / 1000);
}

/** What an authenticator app shows for a key. */
function shown(key, seconds) {
  return execFileSync('oathtool', ['--totp', '--base32', '--now', `@${seconds}`, key.replace(/\s/g, '')]).toString().trim();
}

async function signsOut(world, page) {
  await page.goto(`${world.idp}/logout`);
  await world.submit(page);
}

async function addsPasskey(world, page, name) {
  await page.goto(`${world.idp}/account/security/passkeys/new`);
  await expectShown(page, '#name');
  await page.fill('#name', name);
  await world.submit(page);
  await expectShown(page, 'main', name);
}

async function setsUpTheApp(world, page) {
  await page.goto(`${world.idp}/account/security/authenticator`);
  await world.look(page, 'authenticator');
  await world.submit(page);
  await expectShown(page, 'svg.qr');
  await world.look(page, 'authenticator-key');
  const code = shown(await page.locator('#key').innerText(), await now(page));
  await page.fill('#code', code === '000000' ? '111111' : '000000');
  await world.submit(page);
  await expectShown(page, '#code-error');
  await world.look(page, 'authenticator-wrong');
  await page.fill('#code', code);
  await world.submit(page);
  await expectShown(page, '[role=status]');
}

async function makesCodes(world, page) {
  await page.goto(`${world.idp}/account/security/recovery`);
  await world.look(page, 'recovery');
  await world.submit(page);
  await expectShown(page, '.codes');
  expectEqual(await page.locator('.codes li').count(), 10, 'codes');
  await world.look(page, 'recovery-codes');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
  expect(/\.txt$/.test(file.suggestedFilename()), `the file is called ${file.suggestedFilename()}`);
  await page.click('#submit');
}

async function provesThePhone(world, page) {
  await page.goto(`${world.idp}/account/security/phone`);
  await page.fill('#phone', '12');
  await world.submit(page);
  await expectShown(page, '#phone-error');
  await world.look(page, 'phone-wrong');
  const before = (await world.messages()).map((m) => m.id);
  await page.fill('#phone', '+31 6 12345642');
  await world.submit(page);
  await expectShown(page, '#code');
  await world.look(page, 'phone-code');
  await page.fill('#code', await world.codeFromMessages('+31612345642', before));
  await world.submit(page);
  await expectShown(page, '[role=status]');
}

/** Opens the first page with an authenticator that nobody touches, and waits until its field offers passkeys. */
async function opensUntouched(world, page, device) {
  await device.touched(false);
  const offered = page.waitForResponse((r) => r.url().endsWith('/signin/passkey/options'));
  await page.goto(`${world.idp}/signin`);
  await offered;
  await expectShown(page, 'form[data-passkey] button');
  // What the browser has begun by then a touch later on does not answer; it answers what the button begins.
  await page.waitForTimeout(300);
}

/** In by the button on the first page, without a name or a password. */
async function entersByButton(world, page, device) {
  await opensUntouched(world, page, device);
  await world.look(page, 'signin-first');
  await device.touched(true);
  await page.locator('form[data-passkey] button').click();
  await eventually('a passkey alone signs in', async () => page.url() === `${world.idp}/`);
}

/** In by the field: the browser offers the passkey there, and this one takes it as soon as it is offered. */
async function entersByField(world, page, device) {
  await device.touched(false);
  await page.goto(`${world.idp}/signin`);
  expectEqual(await page.locator('#username').getAttribute('autocomplete'), 'username webauthn', 'autocomplete');
  const there = await page.evaluate(() => PublicKeyCredential.isConditionalMediationAvailable());
  expect(there, 'this browser offers passkeys in fields');
  // What this page has begun ends with it: a touch would answer that too, and two answers at once are one too many.
  await page.goto('about:blank');
  await device.touched(true);
  await page.goto(`${world.idp}/signin`, { waitUntil: 'commit' });
  await eventually('the passkey of the field signs in', async () => page.url() === `${world.idp}/`);
}

/** In by a password and the passkey as a second factor. */
async function entersByBoth(world, page, device) {
  await device.touched(false);
  await page.goto(`${world.idp}/signin`);
  await page.fill('#username', email);
  await page.fill('#password', password);
  await world.submit(page);
  await expectShown(page, 'form[data-passkey]');
  await world.look(page, 'signin-passkey');
  await device.touched(true);
  await world.submit(page);
  expectEqual(page.url(), `${world.idp}/`, 'password and passkey sign in');
}

/** An authenticator that does not verify its user answers nothing; the page says so, and the password is still there. */
async function isRefusedUnverified(world, page, device) {
  await opensUntouched(world, page, device);
  await device.verifies(false);
  await device.touched(true);
  await page.locator('form[data-passkey] button').click();
  await expectShown(page, 'form[data-passkey] [role=alert]');
  await world.look(page, 'signin-passkey-refused');
  expectEqual(page.url(), `${world.idp}/signin`, 'nobody is signed in');
  await device.verifies(true);
}

/** A copy whose counter is behind. */
async function isRefusedAsACopy(world, page, device) {
  const [credential] = await device.credentials();
  expect(credential.signCount > 1, `the authenticator counts: ${credential.signCount}`);
  const thief = await world.newPage();
  const copy = await Device.plug(thief, { automaticPresenceSimulation: false });
  await copy.send('addCredential', { credential: { ...credential, signCount: 0 } });
  await opensUntouched(world, thief, copy);
  // Once: the page that refuses it would be answered by the field again.
  const asked = thief.waitForRequest((r) => r.method() === 'POST' && r.url().endsWith('/signin/passkey'));
  await copy.touched(true);
  await thief.locator('form[data-passkey] button').click();
  await asked;
  await copy.touched(false);
  await expectShown(thief, '#problems');
  expect(thief.url() !== `${world.idp}/`, 'a copy signs nobody in');
  await world.look(thief, 'signin-passkey-copied');
}

export default async function passkeys(world) {
  world.tolerate(/status of (401|410|422|429)/);
  const page = await world.newPage();
  const device = await Device.plug(page);
  await page.goto(`${world.idp}/signin`);
  // Nothing is there yet to answer.
  await world.signIn(page, email, password);
  await page.goto(`${world.idp}/account/security`);
  await world.look(page, 'security-empty');
  await page.goto(`${world.idp}/account/security/passkeys/new`);
  await world.look(page, 'passkey-new');
  await addsPasskey(world, page, 'Work laptop');
  expectEqual((await device.credentials()).length, 1, 'passkeys on the authenticator');
  expect((await device.credentials())[0].isResidentCredential, 'it is found without a name');

  await signsOut(world, page);
  await entersByButton(world, page, device);
  await setsUpTheApp(world, page);
  await makesCodes(world, page);
  await provesThePhone(world, page);
  await page.goto(`${world.idp}/account/security`);
  await world.look(page, 'security');
  await signsOut(world, page);
  await entersByField(world, page, device);
  await signsOut(world, page);
  await entersByBoth(world, page, device);
  await signsOut(world, page);
  await isRefusedUnverified(world, page, device);

  // Taking it away asks for a sign-in of the last minutes, and leads back.
  await entersByField(world, page, device);
  await world.advance(6 * 60_000);
  await page.goto(`${world.idp}/account/security`);
  await page.locator('.items a[href*="/passkeys/"]').first().click();
  await expectShown(page, '#name');
  await world.look(page, 'passkey');
  await device.touched(false);
  await world.follow(page, 'button[value=remove]');
  expect(page.url().startsWith(`${world.idp}/signin`), `a stale session removes nothing: ${page.url()}`);
  await device.touched(true);
  await eventually('the fresh sign-in leads back', async () => {
    if (page.url().includes('/account/security')) return true;
    const button = page.locator('form[data-passkey] button:not([aria-busy])').locator('visible=true');
    if ((await button.count()) > 0) await button.first().click().catch(() => {});
    return false;
  });
  await isRefusedAsACopy(world, page, device);
  await page.goto(`${world.idp}/account/security`);
  await expectShown(page, '.items .error');
  await world.look(page, 'security-suspect');
  await page.locator('.items a[href*="/passkeys/"]').first().click();
  await expectShown(page, 'button[value=remove]');
  await world.look(page, 'passkey-suspect');
  await world.follow(page, 'button[value=remove]');
  await expectShown(page, '[role=status]');
  expectEqual(await page.locator('.items a[href*="/passkeys/"]').count(), 0, 'passkeys');

  // Without scripts everything but passkeys is there.
  const plain = await world.newPage({ scripts: false, lang: 'nl', width: 360 });
  await plain.goto(`${world.idp}/signin`);
  expectEqual(await plain.locator('form[data-passkey]').locator('visible=true').count(), 0, 'forms that need a script');
  if (!(await plain.locator('#password').isVisible())) fail('the password is asked without a script');
}
