// What the browser stories stand on: one Chromium, pages that report every complaint of the browser, the control server
// of the Rust side (captured mail, the clock), sign-in, accessibility and size checks.
// Owns no story. Pages keep their Content-Security-Policy: nothing here switches it off.

import { chromium } from 'playwright-core';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [360, 1280];
const THEMES = ['light', 'dark'];
// No background traffic: nothing may leave the machine during a test.
const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** Fails the story with a sentence. */
export function fail(sentence) {
  throw new Error(sentence);
}

/** Fails unless `condition` holds. */
export function expect(condition, sentence) {
  if (!condition) fail(sentence);
}

/** Fails unless both are the same. */
export function expectEqual(actual, expected, what) {
  expect(actual === expected, `${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
}

/** Fails unless the page shows an element for `selector`, and, when given, `text` in it. */
export async function expectShown(page, selector, text) {
  const element = page.locator(selector).first();
  try {
    await element.waitFor({ state: 'visible' });
  } catch {
    fail(`${page.url()} does not show ${selector}`);
  }
  if (text !== undefined) {
    const found = await element.innerText();
    expect(found.includes(text), `${selector} on ${page.url()} says ${JSON.stringify(found)}, not ${JSON.stringify(text)}`);
  }
}

/** Asks until `ask` gives something, for ten seconds at most: what it waits for happens in another process. */
export async function eventually(what, ask) {
  for (let n = 0; n < 200; n += 1) {
    const found = await ask();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return fail(`${what}: not within ten seconds`);
}

/** One browser and what belongs to it. A story gets it as its argument. */
export class World {
  /** Starts Chromium with a new, empty profile. */
  static async start(environment) {
    const program = [environment.ZEGEL_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((p) => p && existsSync(p));
    expect(program, 'there is no Chromium: run scripts/setup');
    const world = new World();
    world.idp = environment.ZEGEL_IDP;
    world.crm = environment.ZEGEL_CRM;
    world.control = environment.ZEGEL_CONTROL;
    world.shots = environment.SHOTS;
    if (world.shots) mkdirSync(world.shots, { recursive: true });
    world.pages = [];
    world.complaints = [];
    world.tolerated = [];
    // Chromium keeps a few files beside its profile; both go when the world stops.
    world.folder = mkdtempSync(join(tmpdir(), 'zegel-browser-'));
    world.browser = await chromium.launch({
      executablePath: program,
      args: ARGUMENTS,
      env: { ...process.env, TMPDIR: world.folder, HOME: world.folder },
    });
    return world;
  }

  async stop() {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lets console errors pass that match, such as the 4xx answer that a story provokes. */
  tolerate(pattern) {
    this.tolerated.push(pattern);
  }

  /** Fails when a page had an error in its console, a refused resource, a policy violation or an exception. */
  expectNoComplaints() {
    const left = this.complaints.filter((c) => !this.tolerated.some((pattern) => pattern.test(c)));
    expect(left.length === 0, `the browser complained:\n  ${left.join('\n  ')}`);
  }

  /**
   * A page in a browser profile of its own: its own cookies. Options: width (1280), theme ('light'), lang ('en'),
   * ignoreHTTPSErrors (where the origins are https, with the development certificate), scripts (true).
   */
  async newPage(options = {}) {
    const { width = 1280, theme = 'light', lang = 'en', scripts = true } = options;
    const https = [this.idp, this.crm].some((origin) => origin?.startsWith('https:'));
    const context = await this.browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: theme,
      locale: lang,
      ignoreHTTPSErrors: options.ignoreHTTPSErrors ?? https,
      javaScriptEnabled: scripts,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    if (scripts) {
      await context.exposeBinding('zegelViolation', (_source, text) => this.complaints.push(`policy violation: ${text}`));
      await context.addInitScript(() => {
        globalThis.addEventListener('securitypolicyviolation', (event) => {
          globalThis.zegelViolation(`${event.effectiveDirective} refused ${event.blockedURI} at ${event.documentURI}`);
        });
      });
      // Here and not by a script element, which the page's policy would refuse.
      await context.addInitScript({ content: AXE });
    }
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.complaints.push(`exception: ${error.message}`));
    this.pages.push(page);
    return page;
  }

  /** Captured messages, newest first: id, at, channel, to, subject, text. */
  async messages() {
    const response = await fetch(`${this.control}/messages`, { headers: { accept: 'application/json' } });
    expect(response.ok, `the control server answers ${response.status} to /messages`);
    return response.json();
  }

  /** Moves the clock of the application under test forward. */
  async advance(ms) {
    const response = await fetch(`${this.control}/advance?ms=${ms}`, { method: 'POST' });
    expect(response.ok, `the control server answers ${response.status} to /advance`);
  }

  /** The code of `digits` digits in the newest message to `to` that has one and is not in `before`, a list of ids. */
  async codeFromMessages(to, before = [], digits = 6) {
    return eventually(`a code of ${digits} digits in a message to ${to}`, async () => {
      const fresh = (await this.messages()).filter((m) => m.to.includes(to) && !before.includes(m.id));
      const code = new RegExp(`(?<![\\w-])\\d{${digits}}(?![\\w-])`);
      return fresh.map((m) => m.text.match(code)?.[0]).find(Boolean);
    });
  }

  /** Signs in at the provider's page that is open now. `code` gives the second factor; by default it comes by mail. */
  async signIn(page, email, password, code) {
    const before = (await this.messages()).map((m) => m.id);
    await expectShown(page, '#username');
    await page.fill('#username', email);
    await page.fill('#password', password);
    await this.submit(page);
    await expectShown(page, '#code');
    await page.fill('#code', code ? await code() : await this.codeFromMessages(email, before));
    await this.submit(page);
  }

  /** Presses the form's main button and waits for the page that it leads to. */
  async submit(page) {
    await this.follow(page, '#submit');
  }

  /** Presses the first visible element of `selector` and waits for the page that it leads to. */
  async follow(page, selector) {
    await Promise.all([page.waitForNavigation(), page.locator(selector).locator('visible=true').first().click()]);
  }

  /**
   * Looks at the page at both widths, light and dark: nothing may stick out sideways, axe may find nothing wrong. Keeps a
   * picture of each in the folder SHOTS, if there is one.
   */
  async look(page, name) {
    const size = page.viewportSize();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        const what = `${name} at ${width} px, ${theme}`;
        const [wide, over] = await page.evaluate(() => {
          const sticksOut = (e) => e.getBoundingClientRect().right > window.innerWidth;
          const over = [...document.body.querySelectorAll('*')].filter(sticksOut).map((e) => e.outerHTML.slice(0, 120));
          return [document.documentElement.scrollWidth, over.slice(0, 5)];
        });
        expect(wide <= width, `${what}: the page is ${wide} px wide, by ${over.join(' and ')}`);
        await this.expectAccessible(page, what);
        if (this.shots) await page.screenshot({ path: join(this.shots, `${name}-${width}-${theme}.png`), fullPage: true });
      }
    }
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: 'light' });
  }

  /**
   * Looks at the page in the other languages, at the smaller width: it is in that language, and nothing sticks out sideways. Keeps a
   * picture of each in the folder SHOTS, if there is one. The page is opened anew for each; ends in English.
   */
  async tongues(page, name) {
    const size = page.viewportSize();
    await page.setViewportSize({ width: WIDTHS[0], height: 800 });
    const { origin, pathname, search } = new URL(page.url());
    for (const lang of ['nl', 'pl', 'tr', 'en']) {
      await page.goto(`${origin}/lang/${lang}?to=${encodeURIComponent(pathname + search)}`);
      const { wide, is } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, is: document.documentElement.lang }));
      expectEqual(is, lang, `the language of ${name}`);
      expect(wide <= WIDTHS[0], `${name} in ${lang}: the page is ${wide} px wide`);
      if (this.shots && lang !== 'en') await page.screenshot({ path: join(this.shots, `${name}-${WIDTHS[0]}-${lang}.png`), fullPage: true });
    }
    await page.setViewportSize(size);
  }

  /** What an authenticator app shows for a key, by the application's clock as the page says it. */
  async appShows(page, key) {
    const seconds = Math.floor(Date.parse(await page.locator('meta[name=made-at]').getAttribute('content')) / 1000);
    return execFileSync('oathtool', ['--totp', '--base32', '--now', `@${seconds}`, key.replace(/\s/g, '')]).toString().trim();
  }

  /** The address that begins with `path` at the provider, in the newest message to `to` that has one. */
  async linkTo(to, path) {
    return eventually(`a link ${path} in a message to ${to}`, async () => {
      const found = (await this.messages()).filter((m) => m.to.includes(to));
      return found.map((m) => m.text.match(new RegExp(`${this.idp}${path}\\S+`))?.[0]).find(Boolean);
    });
  }

  /** Fails when axe finds a violation of WCAG 2.2 AA on the page. */
  async expectAccessible(page, what = page.url()) {
    const found = await page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const result = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
      return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`);
    });
    expect(found.length === 0, `${what} is not accessible:\n  ${found.join('\n  ')}`);
  }

  /** For a failed story: where each page stood, what it said, and a picture. */
  async describe(name) {
    for (const [n, page] of this.pages.entries()) {
      const text = await page.evaluate(() => document.body?.innerText ?? '').catch(() => '(no page)');
      console.error(`page ${n + 1} at ${page.url()}:\n${text.slice(0, 1500)}\n`);
      if (this.shots) await page.screenshot({ path: join(this.shots, `${name}-failed-${n + 1}.png`) }).catch(() => {});
    }
    if (this.complaints.length) console.error(`the browser complained:\n  ${this.complaints.join('\n  ')}`);
  }
}
