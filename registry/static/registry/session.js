/* Forms of a page that is open longer than its session: after signing in again in another tab they get the new token,
   and each is sent once, however often its button is pressed. */
window.session = (() => {
  "use strict";
  const RELEASE_MS = 30_000;
  const { user, session: address, signIn } = document.body.dataset;
  const readCookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
  let known = readCookie();
  const sent = new Set();

  function explain(text, isSignedOut = false) {
    if (!isSignedOut) return [text];
    const link = Object.assign(document.createElement("a"), { href: signIn, target: "_blank", textContent: "Sign in in another tab" });
    return [text, " ", link, ", then go on here."];
  }

  const signedOut = () => explain("Not saved: you are signed out.", true);

  /* Gives the forms of the page the token of the session. Returns null, or what to say if that session is of nobody or
     of another user. */
  async function renew() {
    const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok) return explain("Not saved: the server cannot be reached. Try again.");
    const state = await response.json();
    if (!state.user) return signedOut();
    if (String(state.user) !== user) {
      return explain(`Not saved: you are now signed in as ${state.name}. Reload this page, or sign in as before in another tab.`);
    }
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = state.token;
    known = readCookie();
    document.dispatchEvent(new CustomEvent("cellar:session"));
    return null;
  }

  function renewIfChanged() {
    if (!document.hidden && readCookie() !== known) renew();
  }

  /* Says in a form why it was not sent. */
  function say(form, nodes) {
    const target = form.querySelector("[data-draft], [data-problems], [data-not-sent]") ?? document.createElement("p");
    if (!target.isConnected) {
      Object.assign(target, { className: "error", role: "alert" });
      target.dataset.notSent = "";
      form.append(target);
    }
    target.replaceChildren(...nodes);
  }

  const isPost = (event) => (event.submitter?.getAttribute("formmethod") ?? event.target.method).toLowerCase() === "post";

  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isPost(event)) return;
    const isOld = readCookie() !== known;
    if (!isOld && !sent.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!isOld) return;
    renew().then((problem) => {
      if (problem) say(form, problem);
      else form.requestSubmit(event.submitter);
    });
  }, true);

  // After all other listeners: forms that a script sends have a guard of their own.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isPost(event) || (event.defaultPrevented && !form.matches("[hx-post]"))) return;
    sent.add(form);
    setTimeout(() => sent.delete(form), RELEASE_MS);
  });

  const formOf = (event) => event.detail.ctx?.sourceElement.closest("form");

  // Else htmx would put the page of the error in the place of the form.
  document.addEventListener("htmx:after:request", async (event) => {
    const form = formOf(event);
    const { request, response } = event.detail.ctx;
    sent.delete(form);
    if (!form || request.method !== "POST" || response.status < 400) return;
    event.preventDefault();
    const problem = response.status === 403 ? await renew() : null;
    say(form, problem ?? explain("Not saved. Try again; if that does not help, reload the page."));
  });
  document.addEventListener("htmx:error", (event) => {
    const form = formOf(event);
    sent.delete(form);
    if (form) say(form, explain("Not saved: the server cannot be reached. Try again."));
  });

  window.addEventListener("pageshow", () => {
    sent.clear();
    renewIfChanged();
  });
  window.addEventListener("focus", renewIfChanged);
  document.addEventListener("visibilitychange", renewIfChanged);

  return { renew, say, signedOut };
})();
