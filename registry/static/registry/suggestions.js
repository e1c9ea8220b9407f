/* Suggestions of materials and tags while one types: the combobox pattern of WAI-ARIA with a list box. */
window.suggestions = (() => {
  "use strict";
  const SUGGEST_MS = 150;
  const { showEcho } = window.entryEcho;
  const main = document.querySelector("form[data-entry]");
  const timers = new WeakMap();

  function listOf(input) {
    return document.getElementById(input.getAttribute("aria-controls"));
  }

  function keyOf(input) {
    return input.form.elements[`${input.name}_key`];
  }

  function close(input) {
    const list = listOf(input);
    if (!list) return;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function option(list, text, detail) {
    const item = document.createElement("li");
    item.role = "option";
    item.id = `${list.id}-${list.children.length}`;
    item.setAttribute("aria-selected", "false");
    const name = document.createElement(detail === null ? "span" : "b");
    name.textContent = text;
    item.append(name);
    if (detail) {
      const more = document.createElement("span");
      more.className = "quiet";
      more.textContent = ` ${detail}`;
      item.append(more);
    }
    list.append(item);
    return item;
  }

  function activate(input, index) {
    const list = listOf(input);
    const items = [...list.children];
    if (!items.length) return;
    const current = (index + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === current)));
    input.setAttribute("aria-activedescendant", items[current].id);
    items[current].scrollIntoView({ block: "nearest" });
  }

  function activeIndex(input) {
    return [...listOf(input).children].findIndex((item) => item.getAttribute("aria-selected") === "true");
  }

  function choose(input, item) {
    if (item.dataset.add) {
      const text = input.value.trim();
      close(input);
      const detail = { kind: item.dataset.add, text };
      input.dispatchEvent(new CustomEvent("cellar:add", { bubbles: true, detail }));
      return;
    }
    fill(input, item.dataset.key, item.dataset.name, item.dataset.detail);
  }

  // A field of tags holds several, separated by commas; all others hold one name, whose key is in another field.
  function isList(input) {
    return input.dataset.combobox === "tags";
  }

  function typed(input) {
    return (isList(input) ? input.value.split(",").at(-1) : input.value).trim();
  }

  function fill(input, key, name, detail) {
    if (isList(input)) {
      const before = input.value.split(",").slice(0, -1).map((text) => text.trim());
      input.value = [...before, name].join(", ");
    } else {
      input.value = name;
      keyOf(input).value = key;
      showEcho(input.id, [detail ?? "", ""]);
    }
    close(input);
    input.dispatchEvent(new CustomEvent("cellar:filled", { bubbles: true }));
  }

  async function suggest(input) {
    const list = listOf(input);
    const text = typed(input);
    const project = main.elements.project?.value ?? "";
    const address = isList(input) ? main.dataset.suggestTags : main.dataset.suggest;
    const query = new URLSearchParams({ q: text, project });
    if (input.dataset.combobox === "material") query.set("only", "material");
    const response = await fetch(`${address}?${query}`, { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok || typed(input) !== text || document.activeElement !== input) return;
    const { suggestions } = await response.json();
    list.replaceChildren();
    for (const suggestion of suggestions) {
      const item = option(list, suggestion.name, suggestion.detail);
      item.dataset.key = suggestion.key;
      item.dataset.name = suggestion.name;
      item.dataset.detail = suggestion.detail;
    }
    const isNew = text && !isList(input) && !suggestions.some((suggestion) => suggestion.name.toLowerCase() === text.toLowerCase());
    if (isNew) {
      option(list, `Add “${text}” as a new material`, null).dataset.add = "material";
      if (input.dataset.combobox === "all") {
        option(list, `Add “${text}” as a new formulation`, null).dataset.add = "formulation";
      }
    }
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    // What is typed in a list may be a new tag: Enter takes a suggestion only if it was gone to.
    if (text && !list.hidden && !isList(input)) activate(input, 0);
  }

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.form?.matches("form[data-entry]") || !input.matches("[data-combobox]")) return;
    if (!isList(input)) keyOf(input).value = "";
    clearTimeout(timers.get(input));
    timers.set(input, setTimeout(() => suggest(input), SUGGEST_MS));
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest(".suggestions [role=option]");
    if (item) choose(document.querySelector(`[aria-controls="${item.parentElement.id}"]`), item);
    else if (event.target.matches("[data-combobox]") && listOf(event.target).hidden) suggest(event.target);
  });

  // The list must not take the focus from the input before the click arrives.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".suggestions")) event.preventDefault();
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-combobox]")) close(event.target);
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-combobox]")) return;
    const list = listOf(input);
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) suggest(input);
      else activate(input, activeIndex(input) + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && isOpen && activeIndex(input) >= 0) {
      event.preventDefault();
      choose(input, list.children[activeIndex(input)]);
    } else if (event.key === "Tab" && isOpen && input.value.trim() && activeIndex(input) >= 0) {
      const item = list.children[activeIndex(input)];
      if (!item.dataset.add) choose(input, item);
      close(input);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close(input);
    }
  }, true);

  return { fill };
})();
