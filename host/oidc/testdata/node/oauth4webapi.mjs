// oauth4webapi: the same by hand: PAR, private_key_jwt, encrypted JARM and introspection as an encrypted JWT, without DPoP.
import { hear, say, load, privateKey } from "./talk.mjs";

const who = await hear();
const oauth = await load(who.modules, "oauth4webapi");
const auth = oauth.PrivateKeyJwt(await privateKey(who));
const jose = await load(who.modules, "jose", "dist/webapi");
const key = await jose.importJWK(who.jwk, "RSA-OAEP-256");
let opened = 0;
const options = {
  [oauth.allowInsecureRequests]: true,
  [oauth.jweDecrypt]: async (jwe) => {
    const { plaintext, protectedHeader } = await jose.compactDecrypt(jwe, key);
    if (protectedHeader.cty === "JWT") opened++;
    return new TextDecoder().decode(plaintext);
  },
};
const issuer = new URL(who.issuer);

const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
const client = { client_id: who.client, authorization_signed_response_alg: "PS256", introspection_signed_response_alg: "ES256" };
const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const nonce = oauth.generateRandomNonce();

const pushed = await oauth.processPushedAuthorizationResponse(as, client, await oauth.pushedAuthorizationRequest(as, client, auth, new URLSearchParams({
  response_type: "code", response_mode: "jwt", redirect_uri: who.redirect, scope: "openid", state, nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
}), options));
const authorize = new URL(as.authorization_endpoint);
authorize.search = new URLSearchParams({ client_id: who.client, request_uri: pushed.request_uri });
say({ authorize });

const { callback } = await hear();
const params = await oauth.validateJwtAuthResponse(as, client, new URL(callback), state, options);
const response = await oauth.authorizationCodeGrantRequest(as, client, auth, params, who.redirect, verifier, options);
const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
const claims = oauth.getValidatedIdTokenClaims(tokens);
const info = await oauth.processUserInfoResponse(as, client, claims.sub, await oauth.userInfoRequest(as, client, tokens.access_token, options));
const said = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, tokens.access_token, options), options);
say({ active: said.active && said.sub === claims.sub, opened, type: tokens.token_type, acr: claims.acr, name: info.sub === claims.sub });
process.exit(0);
