// Keeps the column inputs and the JSON of the column mapping in step.
const text = document.querySelector("#id_mapping");
const inputs = [...document.querySelectorAll("input[data-header]")];

function parseMapping() {
  try {
    const mapping = JSON.parse(text.value);
    return mapping && typeof mapping === "object" && !Array.isArray(mapping) ? mapping : null;
  } catch (error) {
    // Not valid JSON while it is being typed.
    return null;
  }
}

function showColumns() {
  const columns = parseMapping()?.columns ?? {};
  for (const input of inputs) {
    const meaning = columns[input.dataset.header] ?? "";
    // An object has further headers in `any of`.
    input.value = typeof meaning === "object" ? (meaning.name ?? "") : meaning;
  }
}

function writeMapping() {
  const mapping = parseMapping();
  if (mapping === null) {
    return;
  }
  const headers = new Set(inputs.map((input) => input.dataset.header));
  const others = Object.entries(mapping.columns ?? {}).filter(([header]) => !headers.has(header));
  const named = inputs
    .filter((input) => input.value.trim())
    .map((input) => {
      const { header } = input.dataset;
      const before = mapping.columns?.[header];
      const name = input.value.trim();
      return [header, before && typeof before === "object" ? { ...before, name } : name];
    });
  mapping.columns = Object.fromEntries([...named, ...others]);
  text.value = JSON.stringify(mapping, null, 2);
}

if (text && inputs.length) {
  showColumns();
  writeMapping();
  text.addEventListener("input", showColumns);
  for (const input of inputs) {
    input.addEventListener("input", writeMapping);
  }
}
