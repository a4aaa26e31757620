// A link to the form opens it; a link to a folded comment unfolds it.
function open() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.matches("details")) target.open = true;
  // A browser that goes to a fragment leaves the focus alone.
  target.querySelector("[autofocus]")?.focus();
  target.querySelectorAll(":scope > .fold").forEach((fold) => {
    fold.open = true;
  });
}

window.addEventListener("hashchange", open);
open();
