// Runs the WebAuthn ceremony of a page that asks for a passkey: the button that
// sends the form asks the authenticator first, and the answer is sent with it. The
// server checks everything; this only turns its text into bytes and back.
(() => {
  "use strict";

  const field = document.querySelector("input[data-passkey]");
  if (!field || !field.dataset.options) return;
  const form = field.form;
  const notice = document.getElementById("_passkey-notice");
  let busy = false;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const described = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

  const get = async (options) => {
    const credential = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: described(options.allowCredentials),
      },
    });
    const r = credential.response;
    return [credential, {
      authenticatorData: text(r.authenticatorData),
      signature: text(r.signature),
      userHandle: r.userHandle ? text(r.userHandle) : undefined,
    }];
  };

  const create = async (options) => {
    const credential = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: described(options.excludeCredentials),
      },
    });
    const r = credential.response;
    return [credential, {
      attestationObject: text(r.attestationObject),
      transports: r.getTransports ? r.getTransports() : [],
    }];
  };

  const ceremony = async () => {
    if (!window.PublicKeyCredential) throw new DOMException("", "NotSupportedError");
    const run = field.dataset.passkey === "create" ? create : get;
    const [credential, response] = await run(JSON.parse(field.dataset.options));
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: {},
      response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
    });
  };

  const say = (error) => {
    const words = { NotSupportedError: "unsupported", SecurityError: "unsupported", InvalidStateError: "known" };
    notice.textContent = notice.dataset[words[error.name] || "cancelled"];
    notice.hidden = false;
  };

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (field.value || (button && !button.hasAttribute("data-passkey-start"))) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    notice.hidden = true;
    try {
      field.value = await ceremony();
      form.requestSubmit(button || undefined);
    } catch (error) {
      say(error);
    } finally {
      busy = false;
    }
  });

  // Back from a later page: what was answered then is worth nothing now.
  window.addEventListener("pageshow", () => { field.value = ""; });
})();
