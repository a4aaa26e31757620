// A button that copies what stands in the element it names, and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { copied, copy } = button.dataset;
    const text = document.getElementById(copy).dataset.text ?? document.getElementById(copy).innerText;
    await navigator.clipboard.writeText(text);
    button.nextElementSibling.textContent = copied;
  });
}
