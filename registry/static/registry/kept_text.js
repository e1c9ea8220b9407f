/* Keeps what was typed in this tab until the server has it: signing in again after the session has ended loses
   nothing. Another user does not see it. */
window.keptText = (() => {
  "use strict";
  const start = `cellar:${document.body.dataset.user}:${location.pathname}:`;
  const keyOf = (field) => `${start}${field.id}`;
  const FORM = `${start}form`;

  function store(key, text) {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  }

  /* texts of forms that are posted by themselves */

  function restore() {
    for (const field of document.querySelectorAll("textarea[data-kept]")) {
      const text = sessionStorage.getItem(keyOf(field));
      if (!text || field.value !== field.defaultValue || text === field.value) continue;
      field.value = text;
      const fold = field.closest("details");
      if (fold) fold.open = true;
      const note = Object.assign(document.createElement("span"), { className: "echo warn", textContent: "Not saved yet: your input was restored." });
      note.role = "status";
      field.after(note);
    }
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-kept]")) store(keyOf(event.target), event.target.value);
  });
  // The answer has the text if it was refused; if the session has ended there is no answer to show.
  document.addEventListener("htmx:before:swap", (event) => {
    const field = event.detail.ctx.sourceElement.closest("form")?.querySelector("textarea[data-kept]");
    if (field) store(keyOf(field), "");
  });
  document.addEventListener("htmx:after:swap", restore);
  restore();

  /* whole forms */

  function keepForm(form) {
    const data = new URLSearchParams(new FormData(form));
    data.delete("csrfmiddlewaretoken");
    store(FORM, data.toString());
  }

  /* The form that was kept on this page, with a token to send it; null if there is none. */
  function takeForm(form) {
    const text = sessionStorage.getItem(FORM);
    if (!text) return null;
    const data = new URLSearchParams(text);
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return data;
  }

  return { keepForm, takeForm, forgetForm: () => store(FORM, "") };
})();
