// Deciding from the keyboard. A key does what stands at the element that carries it (`data-key`);
// digits choose the guideline. None of them while somebody types, and none once they are off.
const OFF = "staff-keys-off";
const keys = document.querySelector("details[data-keys]");
const works = keys.querySelector("[data-keys-work]");
const decision = document.querySelector("form[data-decision]");

function tell() {
  document.documentElement.dataset.keys = works.checked ? "on" : "off";
}

keys.hidden = false;
works.checked = !localStorage.getItem(OFF);
tell();
works.addEventListener("change", () => {
  if (works.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "true");
  tell();
});

function types(node) {
  return node.isContentEditable || node.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

function act(node) {
  if (node.matches("input")) {
    node.checked = true;
    node.focus();
    node.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (node.matches("details")) {
    node.open = !node.open;
    node.querySelector("summary").focus();
  } else {
    node.click();
  }
}

function choose(guideline) {
  const select = decision?.querySelector("[data-guidelines]");
  if (!select?.querySelector(`option[value="${guideline}"]`)) return;
  select.value = guideline;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

// Where Enter has a meaning of its own, it keeps it.
function decides(event) {
  if (event.key !== "Enter" || event.altKey || event.shiftKey) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return works.checked && !event.target.closest("a, button, summary, textarea, select, input:not([type=radio])");
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  if (decision && decides(event)) {
    event.preventDefault();
    decision.requestSubmit();
    return;
  }
  if (!works.checked || event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "?") {
    keys.open = !keys.open;
  } else if (/^[1-9]$/.test(key)) {
    choose(key);
  } else if (/^[a-z]$/.test(key)) {
    const node = document.querySelector(`[data-key="${key}"]`);
    if (!node) return;
    event.preventDefault();
    act(node);
  }
});
