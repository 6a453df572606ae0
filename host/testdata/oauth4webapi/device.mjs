// Arguments: the library's file, the issuer, a secret. Prints where the user has to go,
// waits for a line, and prints what it got.
import { createInterface } from 'node:readline/promises'

const [library, address, secret] = process.argv.slice(2)
const oauth = await import(library)
const issuer = new URL(address)
const plain = { [oauth.allowInsecureRequests]: true } // loopback
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, plain))

// proven makes requests with proofs of one key, and again when a nonce is asked for.
async function proven(client) {
  const handle = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const options = { ...plain, DPoP: handle }
  return async function (request, process) {
    try {
      return await process(await request(options))
    } catch (err) {
      if (!oauth.isDPoPNonceError(err)) throw err
      return await process(await request(options))
    }
  }
}

const tv = { client_id: 'tv' }
const nobody = oauth.None()
const begun = await oauth.processDeviceAuthorizationResponse(as, tv,
  await oauth.deviceAuthorizationRequest(as, tv, nobody, new URLSearchParams({ scope: 'openid email', acr_values: '2.0' }), plain))
console.log(begun.verification_uri_complete)
await createInterface({ input: process.stdin }).question('')

const byTV = await proven(tv)
const tokens = await byTV((o) => oauth.deviceCodeGrantRequest(as, tv, nobody, begun.device_code, o), (r) => oauth.processDeviceCodeResponse(as, tv, r))
const claims = oauth.getValidatedIdTokenClaims(tokens)
const info = await byTV((o) => oauth.userInfoRequest(as, tv, tokens.access_token, o), (r) => oauth.processUserInfoResponse(as, tv, claims.sub, r))
const again = await byTV((o) => oauth.refreshTokenGrantRequest(as, tv, nobody, tokens.refresh_token, o), (r) => oauth.processRefreshTokenResponse(as, tv, r))

const api = { client_id: 'api' }
const bySecret = oauth.ClientSecretBasic(secret)
const byAPI = await proven(api)
const exchange = new URLSearchParams({
  subject_token: again.access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', audience: 'https://ledger.example.com',
})
const handed = await byAPI(
  (o) => oauth.genericTokenEndpointRequest(as, api, bySecret, 'urn:ietf:params:oauth:grant-type:token-exchange', exchange, o),
  (r) => oauth.processGenericTokenEndpointResponse(as, api, r))
const own = await byAPI((o) => oauth.clientCredentialsGrantRequest(as, api, bySecret, new URLSearchParams({ scope: 'jobs' }), o),
  (r) => oauth.processClientCredentialsResponse(as, api, r))
const said = await oauth.processIntrospectionResponse(as, api,
  await oauth.introspectionRequest(as, api, bySecret, handed.access_token, plain))

console.log(JSON.stringify({
  acr: claims.acr, email: info.email, types: [tokens, again, handed, own].map((t) => t.token_type), scope: own.scope,
  handed: { active: said.active, acr: said.acr, act: said.act, aud: said.aud, sub: said.sub === claims.sub, bound: typeof said.cnf?.jkt },
}))
process.exit(0)
