// What pages do a little better with a script; each works without it too. No dependency, nothing from elsewhere.
// Elements say what they want by data attributes: see templates/kernel/parts.html.

const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

// Light, dark, or as the device prefers: at once, and kept in the cookie that the server reads.
for (const link of all("[data-set-theme]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const theme = link.dataset.setTheme;
    document.documentElement.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `zegel-theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    for (const other of all("[data-set-theme]")) {
      if (other.dataset.setTheme === theme) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    }
  });
}

// The summary of what is wrong takes the focus, so that it is read out and its links are one key away.
one("[data-focus]")?.focus();

// On a phone tabs are a strip that slides; the one that is open is in sight.
for (const at of all(".slide > [aria-current]")) at.parentElement.scrollLeft = at.offsetLeft - (at.parentElement.clientWidth - at.offsetWidth) / 2;

// Menus close by Escape and by a click beside them.
const menus = all("details.menu");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});

// Countdowns. The server's time counts: a page knows it by its own load, so a wrong clock on the device shifts nothing.
const written = (seconds) => {
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
};
const madeAt = Date.parse(one("meta[name=made-at]")?.content ?? "");
const ahead = Number.isNaN(madeAt) ? 0 : Date.now() - performance.now() - madeAt;
const left = (until) => Math.max(0, Math.ceil((Date.parse(until) + ahead - Date.now()) / 1000));

const clocks = all("[data-until]");
const gates = all("[data-enable-at]");
for (const gate of gates) gate.dataset.label = gate.textContent;

const tick = () => {
  let running = false;
  for (const clock of clocks) {
    const seconds = left(clock.dataset.until);
    clock.textContent = seconds > 0 ? clock.dataset.text.replace("{time}", written(seconds)) : clock.dataset.over;
    const meter = one("progress.meter", clock.closest("form, section, .card") ?? document);
    if (meter) meter.value = Math.min(seconds, meter.max);
    running ||= seconds > 0;
  }
  for (const gate of gates) {
    const seconds = left(gate.dataset.enableAt);
    gate.disabled = seconds > 0;
    gate.textContent = seconds > 0 ? gate.dataset.wait.replace("{time}", written(seconds)) : gate.dataset.label;
    running ||= seconds > 0;
  }
  if (running) setTimeout(tick, 1000 - (Date.now() % 1000));
};
if (clocks.length + gates.length > 0) tick();

// The code field drops spaces and dashes of a pasted code, and submits by itself once it is full: only when the page
// says that a wrong code can still be corrected, and never twice for the same digits.
for (const field of all("input[data-length]")) {
  const length = Number(field.dataset.length);
  let sent = "";
  field.addEventListener("input", (event) => {
    const clean = field.value.replace(/[\s\u00ad.-]/g, "").slice(0, length);
    if (clean !== field.value) field.value = clean;
    // Only what came as a whole, pasted or suggested: who types can still look at it. A suggestion has no input type.
    const whole = event.isTrusted && (!event.inputType || /Paste|Replacement/.test(event.inputType));
    if (!whole || !("auto" in field.dataset) || clean.length !== length || clean === sent || !field.form) return;
    sent = clean;
    field.form.requestSubmit(one("#submit", field.form) ?? undefined);
  });
}

// A form goes once, and its button says that it is on its way.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of all("[aria-busy]", form)) button.removeAttribute("aria-busy");
  }
});

// How strong a new password is, while it is typed: the server says, and an answer that comes late says nothing.
for (const box of all("[data-strength]")) {
  const field = document.getElementById(box.dataset.strength);
  const [meter, words] = [one("progress", box), one("p", box)];
  let timer, asked = 0;
  const ask = async () => {
    const turn = ++asked;
    if (field.value === "") return void (box.hidden = true);
    const email = one("[autocomplete=username]", field.form)?.value ?? "";
    const body = JSON.stringify({ password: field.value, email });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/api/passwords/strength", { method: "POST", headers, body }).catch(() => undefined);
    const told = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
    if (turn !== asked || !told) return;
    meter.value = told.score;
    meter.dataset.score = told.score;
    words.textContent = told.advice ? `${told.label}. ${told.advice}` : told.label;
    box.hidden = false;
  };
  field?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
}

// A form that only carries an answer on goes by itself; its button is for when no script runs.
one("form[data-go]")?.requestSubmit();

// Signed out: once every application has heard of it in its frame, or has had three seconds for it, on to where it was asked.
const onward = one("a[data-after-frames]");
if (onward) {
  const heard = all(".frames iframe").map((frame) => new Promise((done) => frame.addEventListener("load", done)));
  const patience = new Promise((done) => setTimeout(done, 3000));
  Promise.race([Promise.all(heard), patience]).then(() => location.replace(onward.href));
}

// Lists that are filtered while typing: what is shown says the same as the server would say to the form.
for (const form of all("form[data-filter]")) {
  const field = one("input[type=search]", form);
  const items = all(`#${form.dataset.filter} > [data-text]`);
  const none = one(`#${form.dataset.filter}-none`);
  const plain = (text) => text.normalize("NFC").toLowerCase();
  const filter = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    for (const item of items) item.hidden = !words.every((word) => plain(item.dataset.text).includes(word));
    if (none) none.hidden = items.some((item) => !item.hidden);
  };
  // What the server has filtered already it must filter again, since the others are not here.
  if (field.value === "") field.addEventListener("input", filter);
}

// Keys: / searches; in a list j and k move, Enter opens, e edits. Never while typing, never with another key held.
const rows = all("[data-list] tbody tr");
let at = -1;
const move = (to) => {
  if (rows.length === 0) return;
  rows[at]?.classList.remove("at");
  at = Math.min(Math.max(to, 0), rows.length - 1);
  rows[at].classList.add("at");
  const link = one("a[href]", rows[at]);
  (link ?? rows[at]).focus?.({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of menus.filter((m) => m.open)) {
      menu.open = false;
      one("summary", menu).focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") {
    const search = one("[data-key='/']");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j") move(at + 1);
  else if (event.key === "k") move(at < 0 ? 0 : at - 1);
  else if (event.key === "Enter" && event.target === document.body && at >= 0) one("a[href]", rows[at])?.click();
  else if (event.key === "e") {
    const edit = at >= 0 ? rows[at].dataset.edit : one("a[data-key='e']")?.href;
    if (edit) location.assign(edit);
  }
});
