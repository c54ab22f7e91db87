// Shows a credential's template as one types. Without this there is the button, which does the same.
"use strict";

{
  const PAUSE = 400; // milliseconds without a key before the frame is asked for
  const button = document.querySelector(".template-preview button");

  if (button) {
    const named = (name) => document.getElementsByName(name)[0];
    const texts = button.dataset.fields.split(" ").map(named).filter(Boolean);
    // A form of its own: the page's would send its images along each time.
    const form = document.createElement("form");
    form.method = "post";
    form.action = button.formAction;
    form.hidden = true;
    const sent = texts.map((text) => {
      const copy = document.createElement("textarea");
      copy.name = text.name;
      return form.appendChild(copy);
    });
    form.appendChild(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    document.body.appendChild(form);

    let shown = document.querySelector(".template-preview iframe");
    let coming = null;
    let timer = 0;
    let count = 0;

    // Each answer comes into a new frame: one frame would flicker, and be a step of the way back.
    const show = () => {
      if (coming) coming.remove();
      const frame = shown.cloneNode();
      frame.name = `template-preview-${(count += 1)}`;
      frame.classList.add("coming");
      coming = shown.parentNode.appendChild(frame);
      texts.forEach((text, place) => { sent[place].value = text.value; });
      form.target = frame.name;
      form.submit();
      frame.addEventListener("load", () => {
        if (frame !== coming) return;
        shown.remove();
        frame.classList.remove("coming");
        [shown, coming] = [frame, null];
      });
    };

    texts.forEach((text) => text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, PAUSE);
    }));
    button.addEventListener("click", (event) => {
      event.preventDefault();
      show();
    });
    show();
  }
}
