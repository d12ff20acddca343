// Plays an application on openid-client, an independent library, against the provider at an address. Says `open ADDRESS` where a
// person has to sign in, and reads the address that the browser was led back to. Its last line is JSON: what it learned.
//
//   node openid_client.mjs ISSUER CALLBACK
import { createInterface } from "node:readline";
import * as oidc from "openid-client";

const [issuer, callback] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const open = async (url) => {
  console.log(`open ${url.href}`);
  return new URL((await lines.next()).value);
};

// The provider of a test is on this machine, without TLS.
const insecure = { execute: [oidc.allowInsecureRequests] };
const metadata = {
  redirect_uris: [callback],
  client_name: "openid-client",
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "client_secret_post",
  id_token_signed_response_alg: "ES256",
  userinfo_signed_response_alg: "ES256",
};
const config = await oidc.dynamicClientRegistration(new URL(issuer), metadata, undefined, insecure);

const signIn = async (more) => {
  const code_verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const parameters = {
    redirect_uri: callback,
    scope: "openid profile email",
    code_challenge: await oidc.calculatePKCECodeChallenge(code_verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    max_age: "3600",
    claims: JSON.stringify({ id_token: { email: { essential: true } } }),
    ...more,
  };
  const back = await open(oidc.buildAuthorizationUrl(config, parameters));
  return oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: code_verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: 3600,
  });
};

const tokens = await signIn({});
const claims = tokens.claims();
const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
await oidc.tokenRevocation(config, again.refresh_token);
const refused = await oidc.refreshTokenGrant(config, again.refresh_token).catch((e) => e.error);
const silent = await signIn({ prompt: "none", id_token_hint: tokens.id_token });
const logout = oidc.buildEndSessionUrl(config, { id_token_hint: silent.id_token });
console.log(JSON.stringify({ claims, userinfo, again: again.claims().sub, refused, silent: silent.claims().sub, logout: logout.href }));
process.exit(0);
