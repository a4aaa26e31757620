// Beside the comments the panels stand open for good: say so, and take no stop on the way by keyboard.
const beside = matchMedia("(min-width: 62rem)");

function settle() {
  for (const panel of document.querySelectorAll(".panel")) {
    panel.open = beside.matches;
    panel.querySelector("summary").tabIndex = beside.matches ? -1 : 0;
  }
}

beside.addEventListener("change", settle);
if (beside.matches) settle();
