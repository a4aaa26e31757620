// From one way of joining to the other: what was typed comes along, but never a password.
const KEPT = "typed";

function open(form) {
  return [...form.elements].filter((each) => each.name && !["hidden", "password", "submit"].includes(each.type));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-carry]");
  if (!link) return;
  const typed = open(document.getElementById(link.dataset.carry)).map((each) => [
    each.name,
    each.type === "checkbox" ? each.checked : each.value,
  ]);
  sessionStorage.setItem(KEPT, JSON.stringify(typed));
});

function fill(form) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  sessionStorage.removeItem(KEPT);
  for (const [name, value] of kept) {
    const field = form.elements.namedItem(name);
    if (field?.type === "checkbox") field.checked = value;
    else if (field && !field.value) field.value = value;
  }
}

// Asked only where it may be of use: the first question to the storage of a tab holds the page up.
const join = document.querySelector("form#join");
if (join) fill(join);
