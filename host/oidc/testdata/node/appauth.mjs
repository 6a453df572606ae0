// AppAuth-JS: an app on the user's own machine, without a secret. It listens on a port that
// is free, or is handed what came to it under a scheme of its own.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { hear, say } from "./talk.mjs";

const who = await hear();
const require = createRequire(join(who.modules, "package.json"));
const app = require("@openid/appauth");
const { NodeCrypto, NodeRequestor } = require("@openid/appauth/built/node_support");
app.Flags.IS_LOG = false; // to where the lines of JSON go
const requestor = new NodeRequestor();
const crypto = new NodeCrypto();

// Browser stands where the app would open the system's browser.
class Browser extends app.AuthorizationRequestHandler {
  constructor(receive) {
    super(new app.BasicQueryStringUtils(), crypto);
    this.receive = receive;
  }

  performAuthorizationRequest(configuration, request) {
    this.answer = request.setupCodeVerifier().then(async () => {
      say({ authorize: this.buildRequestUrl(configuration, request) });
      const { code, error, state, iss } = this.utils.parseQueryString(new URL(await this.receive()).search);
      if (state !== request.state || iss !== who.issuer) throw new Error("an answer to somebody else's request");
      return {
        request,
        response: code ? new app.AuthorizationResponse({ code, state }) : null,
        error: error ? new app.AuthorizationError({ error, state }) : null,
      };
    });
    this.answer.then(() => this.completeAuthorizationRequestIfPossible());
  }

  completeAuthorizationRequest() {
    return this.answer;
  }
}

// listening is an address of the loopback interface that is the app's for one request.
async function listening() {
  const server = createServer();
  const asked = new Promise((resolve) => server.once("request", (request, response) => {
    response.end("Close this page.");
    server.close();
    resolve(new URL(request.url, "http://127.0.0.1").href);
  }));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { redirect: `http://127.0.0.1:${server.address().port}/callback`, receive: () => asked };
}

const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const { redirect, receive } = who.redirect ? { redirect: who.redirect, receive: async () => (await hear()).callback } : await listening();
const configuration = await app.AuthorizationServiceConfiguration.fetchFromIssuer(who.issuer, requestor);
const browser = new Browser(receive);
const notifier = new app.AuthorizationNotifier();
browser.setAuthorizationNotifier(notifier);
const nonce = crypto.generateRandom(22);
const asking = new app.AuthorizationRequest({
  client_id: who.client, redirect_uri: redirect, scope: "openid", response_type: app.AuthorizationRequest.RESPONSE_TYPE_CODE, extras: { nonce },
}, crypto);
const answered = new Promise((resolve) => notifier.setAuthorizationListener((request, response, error) => resolve({ request, response, error })));
browser.performAuthorizationRequest(configuration, asking);
const { request, response, error } = await answered;
if (error) throw error;

const tokens = new app.BaseTokenRequestHandler(requestor);
const ask = (rest) => tokens.performTokenRequest(configuration, new app.TokenRequest({ client_id: who.client, redirect_uri: redirect, ...rest }));
const refresh = (token) => ask({ grant_type: app.GRANT_TYPE_REFRESH_TOKEN, refresh_token: token });
const refused = (promise) => promise.then(() => "taken", (fault) => fault.message);

const first = await ask({
  grant_type: app.GRANT_TYPE_AUTHORIZATION_CODE, code: response.code, extras: { code_verifier: request.internal.code_verifier },
});
const id = claims(first.idToken);
const info = await requestor.xhr({ url: configuration.userInfoEndpoint, method: "GET", dataType: "json", headers: { Authorization: `Bearer ${first.accessToken}` } });
const second = await refresh(first.refreshToken);
say({
  type: first.tokenType, acr: id.acr, nonce: id.nonce === nonce, name: info.sub === id.sub,
  again: claims(second.idToken).acr, rotated: second.refreshToken !== first.refreshToken,
  // A refresh token that comes back was stolen, by whoever is the second: both are out.
  replayed: await refused(refresh(first.refreshToken)), family: await refused(refresh(second.refreshToken)),
});
say({ leave: `${configuration.endSessionEndpoint}?` + new URLSearchParams({
  id_token_hint: first.idToken, post_logout_redirect_uri: "com.example.app:/signed-out", state: "a state",
}) });
process.exit(0);
