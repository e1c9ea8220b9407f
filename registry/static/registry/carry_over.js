/* Keeps what is typed in a form while the server answers with its next state: its rows may have moved meanwhile. */
window.carryOver = (() => {
  "use strict";
  const ROW = /^(.+?)-(\d+)-(.+)$/;

  function namedFields(form) {
    return [...form.elements].filter((field) => field.name && !field.matches("button, [name=csrfmiddlewaretoken]"));
  }

  function valueOf(field) {
    return field.type === "checkbox" ? field.checked : field.value;
  }

  /* The fields as they are sent, by name. */
  function read(form) {
    return new Map(namedFields(form).map((field) => [field.name, valueOf(field)]));
  }

  function hasChanged(form, sent) {
    return [...read(form)].some(([name, value]) => sent.get(name) !== value);
  }

  // A kind of stack keeps the layers by their role; else a row keeps its number unless it moves.
  function rowAfter(action, prefix, row, before, after) {
    const [, kind, number] = action.match(/^rows:(up|down|remove):(\d+)$/) ?? [];
    const at = Number(number);
    if (kind === "remove") return row === at ? -1 : row - (row > at ? 1 : 0);
    if (kind) {
      const other = kind === "up" ? at - 1 : at + 1;
      return { [at]: other, [other]: at }[row] ?? row;
    }
    const rolesOf = (fields) => {
      const roles = [];
      while (fields.has(`${prefix}-${roles.length}-role`)) roles.push(fields.get(`${prefix}-${roles.length}-role`));
      return roles;
    };
    if (!action.startsWith("start:")) return row;
    const roles = rolesOf(before);
    const nth = roles.slice(0, row).filter((role) => role === roles[row]).length;
    const same = rolesOf(after).flatMap((role, index) => (role === roles[row] ? [index] : []));
    return same[nth] ?? row;
  }

  function nameAfter(action, name, before, after) {
    const [, prefix, row, field] = name.match(ROW) ?? [];
    if (!prefix) return name;
    return `${prefix}-${rowAfter(action, prefix, Number(row), before, after)}-${field}`;
  }

  /* Replaces the form by its next state. Returns the field with the focus if it had one before. */
  function replace(form, html, action, sent) {
    const now = read(form);
    const active = document.activeElement;
    const isTyping = form.contains(active) && active.name && !active.matches("button");
    const focused = isTyping ? { name: active.name, start: active.selectionStart, end: active.selectionEnd } : null;
    form.innerHTML = html;
    const after = read(form);
    const target = (name) => form.elements[nameAfter(action, name, sent, after)];
    for (const [name, value] of now) {
      // The key of a material belongs to its name, and is that of the name which was typed.
      const source = name.endsWith("_key") ? name.slice(0, -4) : name;
      const hasChanged = sent.get(name) !== value || sent.get(source) !== now.get(source);
      const field = hasChanged && target(name);
      if (!(field instanceof HTMLElement)) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
    const field = focused && target(focused.name);
    if (!(field instanceof HTMLElement)) return null;
    field.focus();
    if (typeof focused.start === "number") field.setSelectionRange(focused.start, focused.end);
    const isUnresolved = !form.elements[`${field.name}_key`]?.value;
    if (sent.get(focused.name) !== now.get(focused.name) && isUnresolved) {
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return field;
  }

  /* Collects what is typed while no field has the focus, for the field that gets it. */
  function collect() {
    let text = "";
    const listen = (event) => {
      const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!isText || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      text += event.key;
    };
    document.addEventListener("keydown", listen, true);
    return () => {
      document.removeEventListener("keydown", listen, true);
      const field = document.activeElement;
      if (!text || !field?.matches("input:not([type=checkbox]), textarea")) return;
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
  }

  return { read, hasChanged, replace, collect };
})();
