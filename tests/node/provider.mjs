// Another provider for tests/it/federation: oidc-provider, a certified implementation that is not ours. Prints its address,
// then answers until its input ends. Whoever signs in as NAME is NAME@partner.example, with a verified address.
//
//   provider.mjs REDIRECT-ADDRESS SECRET

import { Provider } from "oidc-provider";

const [redirect, secret] = process.argv.slice(2);
const quiet = () => {};
console.warn = quiet;
console.info = quiet;

const account = (_, id) => ({
  accountId: id,
  claims: () => ({
    sub: id,
    email: `${id}@partner.example`,
    email_verified: id !== "unverified",
    name: `${id[0].toUpperCase()}${id.slice(1)} of the Partner`,
  }),
});

const configuration = {
  clients: [{ client_id: "house", client_secret: secret, redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["of a test"] },
  findAccount: account,
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
};

// The port is in its issuer, so it listens first.
const { createServer } = await import("node:http");
let answer = (_, response) => response.end();
const server = createServer((request, response) => answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answer = new Provider(issuer, configuration).callback();
  process.stdout.write(`${issuer}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();
