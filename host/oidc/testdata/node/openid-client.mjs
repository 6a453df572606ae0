// openid-client: a pushed, signed request, private_key_jwt, a signed answer, and a DPoP key.
import { hear, say, load, privateKey } from "./talk.mjs";

const who = await hear();
const client = await load(who.modules, "openid-client");
const key = await privateKey(who);

const config = await client.discovery(
  new URL(who.issuer), who.client,
  { require_signed_request_object: true, use_mtls_endpoint_aliases: false },
  client.PrivateKeyJwt(key), { execute: [client.allowInsecureRequests] },
);
client.useJwtResponseMode(config);
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));

const { searchParams } = await client.buildAuthorizationUrlWithJAR(config, {
  redirect_uri: who.redirect, scope: "openid", state, nonce, max_age: "300", resource: who.issuer,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  authorization_details: JSON.stringify([{ type: "payment", amount: "1.00" }]),
}, key);
say({ authorize: await client.buildAuthorizationUrlWithPAR(config, searchParams, { DPoP }) });

const { callback } = await hear();
const tokens = await client.authorizationCodeGrant(config, new URL(callback), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 300,
}, undefined, { DPoP });
const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP });
const again = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
const seen = await client.tokenIntrospection(config, again.access_token);
await client.tokenRevocation(config, again.refresh_token);
const gone = await client.tokenIntrospection(config, again.access_token);
say({
  type: tokens.token_type, acr: tokens.claims().acr, name: info.sub === tokens.claims().sub, details: tokens.authorization_details,
  refreshed: again.claims().acr, active: seen.active, bound: typeof seen.cnf?.jkt, after: gone.active,
});
process.exit(0);
