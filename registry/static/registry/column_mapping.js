// Writes what is said of each head into the column mapping, and shows what the mapping says beside the heads.
const text = document.querySelector("#id_mapping");
const inputs = [...document.querySelectorAll("input[data-head]")];

function parsed() {
  try {
    const mapping = JSON.parse(text.value);
    return mapping && typeof mapping === "object" && !Array.isArray(mapping) ? mapping : null;
  } catch (error) {
    // While somebody types, it may be no JSON yet.
    return null;
  }
}

function show() {
  const columns = parsed()?.columns ?? {};
  for (const input of inputs) {
    input.value = columns[input.dataset.head] ?? "";
  }
}

function write() {
  const mapping = parsed();
  if (mapping === null) {
    return;
  }
  const heads = new Set(inputs.map((input) => input.dataset.head));
  const others = Object.entries(mapping.columns ?? {}).filter(([head]) => !heads.has(head));
  const said = inputs.filter((input) => input.value.trim()).map((input) => [input.dataset.head, input.value.trim()]);
  mapping.columns = Object.fromEntries([...said, ...others]);
  text.value = JSON.stringify(mapping, null, 2);
}

if (text && inputs.length) {
  show();
  write();
  text.addEventListener("input", show);
  for (const input of inputs) {
    input.addEventListener("input", write);
  }
}
