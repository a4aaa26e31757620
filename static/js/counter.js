// Says how many characters are left, as the server will count them.
// Not by Intl: getting that ready holds a slow phone up for 50 ms, on every page.
function commas(number) {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function say(field) {
  const hint = document.getElementById(field.dataset.counts);
  const length = [...field.value.normalize("NFC").trim()].length;
  const left = Number(field.dataset.most) - length;
  const text = left < 0 ? hint.dataset.over : hint.dataset.left;
  hint.textContent = text.replace("%s", commas(Math.abs(left)));
  hint.classList.toggle("field__hint--over", left < 0);
  // Read out only near the end: a count at every letter is noise.
  hint.setAttribute("aria-live", left < 200 ? "polite" : "off");
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-counts]")) say(event.target);
});
document.querySelectorAll("[data-counts]").forEach(say);
