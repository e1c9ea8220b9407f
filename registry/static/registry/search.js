/* Suggestions under the search box of the header: a list that arrow keys, Enter and Escape work in. Without it, the
   box is a plain search form. */
(() => {
  "use strict";
  const DELAY = 120;
  const form = document.querySelector(".find[data-suggestions]");
  if (!form) return;
  const box = form.querySelector("input[type='search']");
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "find-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  const status = document.createElement("span");
  status.className = "hidden";
  status.setAttribute("role", "status");
  form.append(list, status);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  let timer = 0;
  let request = null;
  let selected = -1;

  const options = () => [...list.children];
  const close = () => {
    window.clearTimeout(timer);
    if (request) request.abort();
    list.hidden = true;
    selected = -1;
    status.textContent = "";
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const select = (position) => {
    selected = position;
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === position)));
    if (position < 0) {
      box.removeAttribute("aria-activedescendant");
    } else {
      box.setAttribute("aria-activedescendant", options()[position].id);
      options()[position].scrollIntoView({ block: "nearest" });
    }
  };
  const text = (tag, className, content) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = content;
    return element;
  };
  const show = (suggestions) => {
    list.replaceChildren(
      ...suggestions.map((suggestion, index) => {
        const option = document.createElement("li");
        option.id = `find-suggestion-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = suggestion.url;
        option.append(text("span", "kind", suggestion.kind), text("span", "title", suggestion.title));
        if (suggestion.detail) option.append(text("span", "detail", suggestion.detail));
        return option;
      }),
    );
    selected = -1;
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
    status.textContent = suggestions.length === 1 ? "1 suggestion" : `${suggestions.length} suggestions`;
  };
  const ask = async () => {
    if (request) request.abort();
    request = new AbortController();
    const sent = box.value;
    try {
      const address = `${form.dataset.suggestions}?${new URLSearchParams({ q: sent })}`;
      const answer = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { suggestions } = await answer.json();
      if (box.value === sent && document.activeElement === box) show(suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  box.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (box.value.trim() === "") close();
    else timer = window.setTimeout(ask, DELAY);
  });
  box.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : options().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      // Who moves through a list has seen it: no later answer takes it away under the key that chooses.
      window.clearTimeout(timer);
      if (request) request.abort();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // -1 is the box itself, between the last option and the first.
      select(((selected + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      window.location.assign(options()[selected].dataset.url);
    } else if (event.key === "Escape" && count) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  box.addEventListener("blur", close);
  // Pressing on an option must not take the focus from the box, which would close the list before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role='option']");
    if (option) window.location.assign(option.dataset.url);
  });
})();
