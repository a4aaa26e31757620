// A link to the form opens it; a link to a folded comment unfolds it.
function open() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.matches("details")) target.open = true;
  target.querySelectorAll(":scope > .fold").forEach((fold) => {
    fold.open = true;
  });
}

window.addEventListener("hashchange", open);
open();
