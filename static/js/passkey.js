// Passkeys. allauth's scripts speak to the browser; this starts them and says what went wrong.
const isNamed = !/^[\d.]+$|^\[/.test(location.hostname); // passkeys belong to names, not to numbers
const canUsePasskeys = isNamed && Boolean(window.webauthnJSON?.supported());
let asking = null; // the form for which the browser asks for a passkey right now

function start(form, number) {
  const button = form.querySelector("button");
  const credential = form.elements.namedItem("credential");
  button.id = `passkey-button-${number}`;
  credential.id = `passkey-credential-${number}`;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (asking) {
      event.stopImmediatePropagation();
      return;
    }
    asking = form;
    button.setAttribute("aria-disabled", "true");
    say(form, null);
  });
  const { id } = button;
  const ids = { add: id, signup: id, login: id, authenticate: id, credential: credential.id, data: "js_data" };
  const passwordless = form.elements.namedItem("passwordless");
  if (passwordless) ids.passwordless = passwordless.id;
  window.allauth.webauthn.forms[form.dataset.passkey]({ ids });
  form.hidden = false;
}

function settle() {
  asking?.querySelector("button").removeAttribute("aria-disabled");
  asking = null;
}

function say(form, problem) {
  for (const each of form.querySelectorAll("[data-passkey-problem]")) {
    each.hidden = each.dataset.passkeyProblem !== problem;
  }
}

const PROBLEMS = { NotAllowedError: "stopped", AbortError: "stopped", InvalidStateError: "known" };

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // it is said on the page; the console need not
  say(asking, PROBLEMS[event.detail.exception.name] ?? "failed");
  settle();
});
window.addEventListener("pageshow", settle);

if (canUsePasskeys) {
  document.querySelectorAll("[data-passkey]").forEach(start);
  for (const each of document.querySelectorAll("[data-passkey-way]")) each.hidden = false;
  for (const each of document.querySelectorAll("[data-passkey-missing]")) each.hidden = true;
}
