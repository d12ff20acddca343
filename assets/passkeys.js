// Passkeys: the one thing that pages cannot do without a script. A form says what it wants by data attributes (see
// templates/idp/passkey.html): data-passkey is "make" or "show", data-options is where its challenge comes from. The answer goes
// back in the form itself, so that the server leads on as after any other form.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

// The options as the browser takes them: what is binary crosses as base64url.
const decoded = (key) => ({
  ...key,
  challenge: bytes(key.challenge),
  ...(key.user && { user: { ...key.user, id: bytes(key.user.id) } }),
  ...(key.excludeCredentials && { excludeCredentials: named(key.excludeCredentials) }),
  ...(key.allowCredentials && { allowCredentials: named(key.allowCredentials) }),
});

// The credential as the server takes it (WebAuthn Level 3, section 5.1, toJSON).
const encoded = (credential) => {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = text(given.attestationObject);
    response.transports = given.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(given.authenticatorData);
    response.signature = text(given.signature);
    response.userHandle = given.userHandle ? text(given.userHandle) : null;
  }
  const extensions = credential.getClientExtensionResults();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    extensions: extensions.credProps ? { credProps: extensions.credProps } : {},
  });
};

// A challenge of the server; nothing when it sends the person elsewhere first.
const challenge = async (form) => {
  const answer = await fetch(form.dataset.options, { method: "POST", headers: { accept: "application/json" } });
  if (answer.ok) return answer.json();
  if (answer.status === 401 || answer.status === 410) location.reload();
  else throw new Error(`the challenge was answered ${answer.status}`);
};

const say = (form, words) => {
  const box = form.querySelector("[data-said]");
  if (!box) return;
  box.querySelector("p").textContent = words;
  box.hidden = false;
};

// What went wrong, in the page's words. Browsers tell little on purpose: whoever asks must not learn what there is.
const why = (form, error) => {
  if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
  if (error.name === "InvalidStateError") return form.dataset.known ?? form.dataset.failed;
  return form.dataset.failed;
};

// One ceremony at a time: what waits in the field gives way to a button.
let waiting = new AbortController();

const ask = async (form, mediation) => {
  waiting.abort();
  const mine = (waiting = new AbortController());
  const asked = await challenge(form);
  if (!asked || mine.signal.aborted) return;
  const publicKey = decoded(asked.options.publicKey);
  const options = { publicKey, signal: mine.signal, ...(mediation && { mediation }) };
  const make = form.dataset.passkey === "make";
  const credential = await (make ? navigator.credentials.create(options) : navigator.credentials.get(options));
  form.elements.challenge.value = asked.id;
  form.elements.credential.value = encoded(credential);
  // Not form.submit: the button of that name hides it.
  HTMLFormElement.prototype.submit.call(form);
};

// A challenge is good for ten minutes, and someone may look at the page for longer.
const FRESH = 9 * 60 * 1000;

// In the field for the name: the browser offers passkeys there, and nothing happens until one is chosen.
const offer = async (form) => {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  for (let again = true; again; ) {
    again = false;
    const timer = setTimeout(() => {
      again = true;
      waiting.abort();
    }, FRESH);
    try {
      await ask(form, "conditional");
    } catch {
      // Refused or given up: the fields and the button are there.
    }
    clearTimeout(timer);
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const able = "PublicKeyCredential" in globalThis && "credentials" in navigator;
  if (able) form.hidden = false;
  else if (!form.hidden) say(form, form.dataset.unsupported);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (!able || button.getAttribute("aria-busy")) return;
    const empty = [...form.querySelectorAll("input[required]")].find((field) => field.value.trim() === "");
    if (empty) return void empty.focus();
    button.setAttribute("aria-busy", "true");
    try {
      await ask(form);
    } catch (error) {
      say(form, why(form, error));
    }
    button.removeAttribute("aria-busy");
  });
  if (able && "conditional" in form.dataset) offer(form);
}
