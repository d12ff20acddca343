// Plays the recipient of encrypted tokens on jose, an independent library. Reads JSON and answers JSON.
//
//   node jwe.mjs keys < {"algs": [..]}                        makes a key pair for each: {alg: {public, private}}
//   node jwe.mjs open < [{"token", "private", "keys"}]        decrypts each, and checks the signature inside by the issuer's keys
import { readFileSync } from "node:fs";
import * as jose from "jose";

const input = JSON.parse(readFileSync(0, "utf8"));

const pair = async (alg) => {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true, crv: "P-256" });
  const name = { use: "enc", alg, kid: `for-${alg}`.replaceAll("+", "-") };
  return { public: { ...(await jose.exportJWK(publicKey)), ...name }, private: { ...(await jose.exportJWK(privateKey)), ...name } };
};

const open = async ({ token, private: own, keys }) => {
  const key = await jose.importJWK(own, own.alg);
  const { plaintext, protectedHeader } = await jose.compactDecrypt(token, key);
  const text = new TextDecoder().decode(plaintext);
  if (protectedHeader.cty !== "JWT") return { header: protectedHeader, claims: JSON.parse(text) };
  const { payload, protectedHeader: inner } = await jose.jwtVerify(text, jose.createLocalJWKSet(keys), {
    currentDate: new Date(input.now ?? Date.now()),
  });
  return { header: protectedHeader, inner, claims: payload };
};

const out =
  process.argv[2] === "keys"
    ? Object.fromEntries(await Promise.all(input.algs.map(async (alg) => [alg, await pair(alg)])))
    : await Promise.all(input.items.map(open));
console.log(JSON.stringify(out));
