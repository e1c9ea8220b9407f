/* Suggestions of materials and tags while one types: the combobox pattern of WAI-ARIA with a list box. */
window.suggestions = (() => {
  "use strict";
  const SUGGEST_MS = 150;
  const MOST_OFFERED = 4;
  const { showEcho } = window.entryEcho;
  const main = document.querySelector("form[data-entry]");
  const timers = new WeakMap();
  const awaited = new WeakMap();

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
      window.showRemedies(input.id, []);
    }
    close(input);
    input.dispatchEvent(new CustomEvent("cellar:filled", { bubbles: true }));
  }

  /* The suggestions for what is typed; null if they cannot be asked for, or something else was typed meanwhile. */
  async function ask(input) {
    const text = typed(input);
    const project = main.elements.project?.value ?? main.dataset.project ?? "";
    const address = isList(input) ? main.dataset.suggestTags : main.dataset.suggest;
    const query = new URLSearchParams({ q: text, project });
    if (input.dataset.combobox === "material") query.set("only", "material");
    const response = await fetch(`${address}?${query}`, { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok || !input.isConnected || typed(input) !== text) return null;
    return (await response.json()).suggestions;
  }

  async function suggest(input) {
    const text = typed(input);
    const request = Symbol(text);
    awaited.set(input, request);
    const suggestions = await ask(input);
    if (suggestions && document.activeElement === input && awaited.get(input) === request) show(input, text, suggestions);
    return suggestions;
  }

  function show(input, text, suggestions) {
    const list = listOf(input);
    list.replaceChildren();
    list.dataset.typed = text;
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
    input.removeAttribute("aria-activedescendant");
    // Part of a name is not taken for the whole of another: only what is called so, or nothing but a new one, is gone to.
    const named = suggestions.findIndex((suggestion) => suggestion.is_named);
    if (text && !isList(input) && (named >= 0 || !suggestions.length)) activate(input, Math.max(named, 0));
  }

  // Who moves through a list has seen it: no later answer takes it away under the key that chooses.
  function moveTo(input, index) {
    clearTimeout(timers.get(input));
    awaited.delete(input);
    listOf(input).dataset.typed = typed(input);
    activate(input, index);
  }

  // Takes what has exactly the name that was typed; else says that there is none, and returns what there is to choose.
  async function resolve(input) {
    const text = typed(input);
    const suggestions = await suggest(input);
    if (!suggestions || keyOf(input).value || !text) return [];
    const named = suggestions.find((suggestion) => suggestion.is_named);
    if (named) {
      fill(input, named.key, named.name, named.detail);
      return [];
    }
    const noun = input.dataset.combobox === "all" ? "material or formulation" : "material";
    showEcho(input.id, [`No ${noun} is chosen for “${text}”: choose one, or add it.`, "bad"]);
    return suggestions;
  }

  async function resolveLeft(input) {
    const suggestions = await resolve(input);
    const offered = document.getElementById(`${input.id}-remedies`);
    // A late answer does not take the focus from a name that was gone to meanwhile.
    if (document.activeElement === input || offered?.contains(document.activeElement)) return;
    const buttons = suggestions.slice(0, MOST_OFFERED).map(({ key, name, detail }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: name });
      Object.assign(button.dataset, { choiceOf: input.id, key, name, detail });
      return button;
    });
    if (buttons.length) offered?.replaceChildren(...buttons);
  }

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.form?.matches("form[data-entry]") || !input.matches("[data-combobox]")) return;
    if (!isList(input)) {
      keyOf(input).value = "";
      window.showRemedies(input.id, []);
    }
    clearTimeout(timers.get(input));
    timers.set(input, setTimeout(() => suggest(input), SUGGEST_MS));
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest(".suggestions [role=option]");
    const button = event.target.closest("[data-choice-of]");
    if (item) choose(document.querySelector(`[aria-controls="${item.parentElement.id}"]`), item);
    else if (button) {
      const input = document.getElementById(button.dataset.choiceOf);
      input.focus();
      fill(input, button.dataset.key, button.dataset.name, button.dataset.detail);
    } else if (event.target.matches("[data-combobox]") && listOf(event.target).hidden) suggest(event.target);
  });

  // The list must not take the focus from the input before the click arrives.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".suggestions")) event.preventDefault();
  });

  const isUnresolved = (input) => !isList(input) && typed(input) && !keyOf(input).value;

  document.addEventListener("focusout", (event) => {
    const input = event.target;
    if (!input.matches("[data-combobox]")) return;
    close(input);
    clearTimeout(timers.get(input));
    if (isUnresolved(input)) resolveLeft(input);
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-combobox]")) return;
    const list = listOf(input);
    const isOpen = !list.hidden;
    // The list may still be that of an earlier text.
    const active = isOpen && list.dataset.typed === typed(input) ? list.children[activeIndex(input)] : null;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) moveTo(input, activeIndex(input) + (event.key === "ArrowDown" ? 1 : -1));
      else suggest(input);
    } else if (event.key === "Enter" && active) {
      event.preventDefault();
      choose(input, active);
    } else if (event.key === "Enter" && isUnresolved(input)) {
      event.preventDefault();
      resolve(input);
    } else if (event.key === "Tab" && active && typed(input)) {
      if (!active.dataset.add) choose(input, active);
      close(input);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close(input);
    }
  }, true);

  return { fill };
})();
