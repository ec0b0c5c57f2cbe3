"use strict";
/* A passkey is made or used by the browser; its answer goes back in a field of the form. */
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  /* What the server sent, with bytes in the place of their text. */
  const asked = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user ? { user: { ...options.user, id: bytes(options.user.id) } } : {}),
    ...(options.excludeCredentials ? { excludeCredentials: known(options.excludeCredentials) } : {}),
    ...(options.allowCredentials ? { allowCredentials: known(options.allowCredentials) } : {}),
  });

  const told = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };

  const form = document.querySelector("form.passkey");
  const problem = document.querySelector(".passkey-problem");
  const options = JSON.parse(document.querySelector("#passkey-options").textContent);
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    problem.textContent = "This browser knows no passkeys, or the address is not the one that they are bound to.";
    return;
  }
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    try {
      const publicKey = asked(options);
      const made = options.user
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      form.elements.passkey.value = told(made);
      form.submit();
    } catch (error) {
      problem.textContent = `The browser gave no passkey (${error.name}). Try again.`;
      button.disabled = false;
    }
  });
})();
