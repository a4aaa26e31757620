// The reason that is ready to use for a guideline, unless somebody has begun one in their own words.
// Of several, the one about what a check found; where that tells nothing, none: a person chooses.
for (const form of document.querySelectorAll("form")) {
  const guideline = form.querySelector("[data-guidelines]");
  const ready = form.querySelector("[data-ready]");
  const reason = form.querySelector("[data-reason]");
  if (!guideline || !ready || !reason) continue;

  const texts = [...ready.options].map((option) => option.dataset.text);
  const fill = () => {
    const isOurs = reason.value === "" || texts.includes(reason.value);
    if (isOurs) reason.value = ready.selectedOptions[0]?.dataset.text ?? "";
  };

  ready.addEventListener("change", fill);
  guideline.addEventListener("change", () => {
    const chosen = ready.selectedOptions[0]?.dataset.guideline;
    if (chosen === guideline.value) return;
    const ofIt = [...ready.options].filter((option) => guideline.value && option.dataset.guideline === guideline.value);
    const fitting = ofIt.length > 1 ? ofIt.filter((option) => "fits" in option.dataset) : ofIt;
    ready.value = fitting.length === 1 ? fitting[0].value : "";
    fill();
  });
}

// Words to hide are asked for where words are hidden, and a guideline where it needs one.
for (const form of document.querySelectorAll("form[data-decision]")) {
  const show = () => {
    const verb = form.querySelector("[name=verb]:checked")?.value;
    const outcome = form.querySelector("[name=outcome]:checked")?.value;
    for (const part of form.querySelectorAll("[data-for]")) {
      const wanted = part.dataset.for.split(" ");
      part.hidden = !wanted.includes(verb) && !wanted.includes(outcome);
    }
  };
  form.addEventListener("change", show);
  show();
}
